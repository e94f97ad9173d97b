import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../support/cli.js';

const P = 'pa55wordOfOurs';
const LONGEST_MS = 240_000;

describe('the address that migrate-to copies to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-address-'));
  const settings = { DATABASE_URL: `sqlite:${join(folder, 'shop.db')}` };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'is in no error, wherever it stands and whatever is wrong with it [S9]',
    async () => {
      const wrong = [`postgres:/u:${P}@h`, `u:${P}@h`, `postgres://h/db?sslmode=what&password=${P}`];
      const calls = [
        ...wrong.map((url) => [{}, ['migrate-to', url], 2] as const),
        [{ MIGRATE_TO_URL: wrong[0] ?? '' }, ['migrate-to'], 1] as const,
        [{}, [`u:${P}@h`], 2] as const,
        [{}, ['payments', 'show', `sk_live_${P}`], 1] as const,
      ];
      for (const [more, words, status] of calls) {
        const answer = await runCli({ ...settings, ...more }, words);
        expect(answer).toMatchObject({ status, out: '' });
        expect(answer.err).not.toBe('');
        expect(answer.err).not.toMatch(new RegExp(`${P}|^ {4}at `, 'm'));
      }
    },
    LONGEST_MS,
  );

  it(
    'is taken from MIGRATE_TO_URL, so that it stands in no list of processes, and asked for where there is none [S9]',
    async () => {
      const none = await runCli(settings, ['migrate-to']);
      expect(none).toMatchObject({ status: 2, err: expect.stringContaining('set MIGRATE_TO_URL') });
      const server = new URL(process.env.POSTGRES_SERVER ?? `postgres://u:${P}@127.0.0.1:1/none`);
      server.password = `${P}-that-is-wrong`;
      const refused = await runCli({ ...settings, MIGRATE_TO_URL: server.href }, ['migrate-to']);
      expect(refused.status).toBe(1);
      expect(refused.err).toMatch(/password authentication failed|ECONNREFUSED/);
      expect(refused.err).not.toContain(P);
    },
    LONGEST_MS,
  );
});
