import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/ports.js';
import { NodeProcess } from '../support/node-process.js';

const LONGEST_MS = 90_000;
const PASSWORD = 'pa55wordOfOurs';

describe('a boot that cannot be', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-boot-'));
  const path = (...parts: string[]) => join(folder, ...parts);
  const sqlite = (...parts: string[]) => ({ DATABASE_URL: `sqlite:${path(...parts)}` });
  let taken: Server;
  let takenPort: string;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, resolve));
    const address = taken.address();
    takenPort = String(typeof address === 'object' && address?.port);
    mkdirSync(path('folder'));
    writeFileSync(path('text'), 'no database, no folder and no certificate');
    for (const [inside, name] of [
      ['with-lock', 'shop.db.lock'],
      ['with-secret', 'session-secret'],
      ['with-state', 'sandbox.db'],
    ])
      mkdirSync(path(inside ?? '', name ?? ''), { recursive: true });
    mkdirSync(path('bad-state'));
    writeFileSync(path('bad-state', 'sandbox.db'), 'no database at all, and long enough to be looked at'.repeat(100));
  });
  afterAll(() => {
    taken.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What is said, and the exit status. */
  const boot = async (settings: Record<string, string>, script = 'dist/main.js') => {
    const ports = { PORT: `${await freePort()}`, SANDBOX_PORT: `${await freePort()}` };
    const running = new NodeProcess(script, { ...sqlite('fine', 'shop.db'), ...ports, ...settings });
    return { status: await running.ended, said: running.output };
  };

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['a folder for the database', () => sqlite('folder'), /folder cannot be used: it is a folder/],
    ['a text for the database', () => sqlite('text'), /text cannot be used: it is no SQLite database/],
    ['a file for its folder', () => sqlite('text', 'shop.db'), /a file stands where its folder should be/],
    ['a folder that cannot be made', () => ({ DATABASE_URL: 'sqlite:/proc/x/shop.db' }), /folder cannot be made/],
    ['a folder for the lock', () => sqlite('with-lock', 'shop.db'), /shop\.db\.lock cannot be used: it is a folder/],
    ['a folder for the session secret', () => sqlite('with-secret', 'shop.db'), /session-secret cannot be read/],
    ["a folder for the sandbox's state", () => sqlite('with-state', 'shop.db'), /state file .*sandbox\.db/],
    ["a text for the sandbox's state", () => sqlite('bad-state', 'shop.db'), /state file .*sandbox\.db/],
    ['a port that is taken', () => ({ PORT: takenPort }), /Cannot listen on port \d+: another process uses it/],
    ['a SANDBOX_PORT that is taken', () => ({ SANDBOX_PORT: takenPort }), /SANDBOX_PORT/],
    ['a password in a wrong address', () => ({ DATABASE_URL: `u:${PASSWORD}@h` }), /DATABASE_URL: found a value that/],
  ])(
    'says in a sentence that it found %s, and ends with 1 [Build 8]',
    async (_what, settings, words) => {
      const { status, said } = await boot(settings());
      expect(said).toMatch(words);
      expect(said).not.toMatch(/^ {4}at |undefined/m);
      expect(said).not.toContain(PASSWORD);
      expect(status).toBe(1);
    },
    LONGEST_MS,
  );

  it(
    'names the secrets that compose.yaml prints, in production, and what else must be given there [S6]',
    async () => {
      const { status, said } = await boot({
        NODE_ENV: 'production',
        DATABASE_URL: 'postgres://shop:only-for-this-demo@database:5432/shop',
        STRIPE_SECRET_KEY: 'sk_live_abc',
        STRIPE_WEBHOOK_SECRET: 'whsec_only_for_this_demo',
        SESSION_SECRET: 'only-for-this-demo-where-no-money-moves',
      });
      for (const name of ['DATABASE_URL', 'STRIPE_WEBHOOK_SECRET', 'SESSION_SECRET', 'DOMAIN_URL', 'TRUST_PROXY'])
        expect(said).toContain(`${name}: found`);
      expect(said).not.toMatch(/only.for.this.demo/);
      expect(status).toBe(1);
    },
    LONGEST_MS,
  );
});

describe('a signal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-signal-'));
  const silent: Server[] = [];
  afterAll(() => {
    for (const server of silent) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A port that takes connections and never answers. */
  const silentPort = async () => {
    const server = createServer(() => undefined);
    silent.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return String(typeof address === 'object' && address?.port);
  };
  const start = async (settings: Record<string, string>) =>
    new NodeProcess('dist/main.js', {
      DATABASE_URL: `sqlite:${join(folder, 'shop.db')}`,
      PORT: `${await freePort()}`,
      SANDBOX_PORT: `${await freePort()}`,
      ...settings,
    });

  it(
    'ends a boot at once that waits for PostgreSQL [Build 8]',
    async () => {
      const running = await start({ DATABASE_URL: `postgres://u:${PASSWORD}@127.0.0.1:1/shop` });
      expect(await running.hasPrinted(/PostgreSQL cannot be reached yet/)).not.toContain(PASSWORD);
      const began = performance.now();
      expect(await running.stop('SIGINT')).toBe(0);
      expect(performance.now() - began).toBeLessThan(25_000); // it would wait for 30 s
      expect(running.output).not.toMatch(/^ {4}at /m);
    },
    LONGEST_MS,
  );

  it(
    'ends an app in order while Stripe does not answer about the catalog, and without a stack [Build 8]',
    async () => {
      const running = await start({
        STRIPE_SECRET_KEY: 'sk_test_x',
        STRIPE_WEBHOOK_SECRET: 'whsec_x',
        STRIPE_API_BASE: `http://127.0.0.1:${await silentPort()}`,
      });
      await running.hasPrinted(/Ready: open http/);
      expect(await running.stop('SIGINT')).toBe(0);
      expect(running.output).not.toMatch(/^ {4}at /m);
    },
    LONGEST_MS,
  );

  it(
    'that comes a second time ends an app at once that is stopping in order [Build 8]',
    async () => {
      const running = await start({ SHUTDOWN_DELAY_MS: '5000' });
      await running.hasPrinted(/Ready: open http/);
      const again = setInterval(() => void running.stop('SIGINT'), 100);
      const status = await running.stop('SIGINT');
      clearInterval(again);
      expect(status).toBe(130); // in order it would be 0, after 5 s
    },
    LONGEST_MS,
  );
});
