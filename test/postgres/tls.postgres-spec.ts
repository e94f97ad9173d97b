import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../scripts/postgres.mjs';
import { loadEnv } from '../../src/config/env.js';
import {
  clientConfig,
  ClientWithErrorListener,
  openPool,
  postgresOptions,
} from '../../src/database/postgres/postgres-connections.js';

const CERTIFICATE = join(import.meta.dirname, 'support', 'localhost.pem');
const KEY = join(import.meta.dirname, 'support', 'localhost-key.pem');
/** The first bytes of a client that asks for TLS, after the length. */
const SSL_REQUEST = 80_877_103;

const optionsFor = (url: string) => postgresOptions(loadEnv({ DATABASE_URL: url }, '/nowhere/.env'));
const ca = `sslrootcert=${encodeURIComponent(CERTIFICATE)}`;

describe('a PostgreSQL that offers TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-tls-'));
  let server: { url: string; stop(): Promise<void> } | undefined;
  beforeAll(async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    copyFileSync(CERTIFICATE, cert);
    copyFileSync(KEY, key);
    chmodSync(folder, 0o755);
    chmodSync(key, 0o600); // PostgreSQL wants nobody else to read it, and runs as a user of its own where root starts it
    if (userInfo().uid === 0) chownSync(key, Number(execFileSync('id', ['-u', 'postgres'])), 0);
    const settings = { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key };
    server = await startPostgres({ settings, authMethod: 'scram-sha-256' });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Whether both ways of connecting, the pools' and the listener's, are encrypted: PostgreSQL says so. */
  const encrypted = async (words: string) => {
    const options = optionsFor(`${server?.url}?${words}`);
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    const pool = await openPool(options);
    const [row] = (await pool.query(sql)) as { ssl: boolean }[];
    await pool.destroy();
    const client = new ClientWithErrorListener(clientConfig(options));
    await client.connect();
    const { rows } = await client.query<{ ssl: boolean }>(sql);
    await client.end();
    return [row?.ssl, rows[0]?.ssl];
  };

  it.each([
    ca,
    `sslmode=require&${ca}`,
    `ssl=1&${ca}`,
    'ssl=no-verify',
    'SSLMODE=no-verify',
    `sslnegotiation=direct&${ca}`,
    `channel_binding=require&${ca}`,
  ])('is talked to through it with ?%s [S1]', async (words) => {
    expect(await encrypted(words)).toEqual([true, true]);
  });

  it.each(['sslmode=disable', 'ssl=false'])('is talked to in plain text with ?%s [S1]', async (words) => {
    expect(await encrypted(words)).toEqual([false, false]);
  });

  it.each(['ssl=true', 'sslmode=require', 'sslrootcert=system'])(
    'is not talked to where its certificate is of nobody that is trusted: ?%s [S1]',
    async (words) => expect(encrypted(words)).rejects.toThrow(/self-signed certificate/),
  );
});

describe('a server without TLS', () => {
  let server: Server;
  let url: string;
  let first: number[];
  beforeAll(async () => {
    first = [];
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        first.push(bytes.readInt32BE(4));
        socket.end('N');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `postgres://u:p@127.0.0.1:${typeof address === 'object' && address?.port}/shop`;
  });
  afterAll(() => void server.close());

  it.each(['ssl=true', 'ssl=1', 'ssl=yes', 'sslmode=require', 'sslmode=no-verify', ca])(
    'is asked for it, and left where it has none: ?%s [S1]',
    async (words) => {
      first.length = 0;
      const options = optionsFor(`${url}?${words}`);
      await expect(openPool(options)).rejects.toThrow('does not support SSL');
      await expect(new pg.Client(clientConfig(options)).connect()).rejects.toThrow('does not support SSL');
      expect(first).toEqual([SSL_REQUEST, SSL_REQUEST]);
    },
  );
});
