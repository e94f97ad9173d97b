import { jest } from '@jest/globals';
import fc from 'fast-check';
import { AppLogger } from '../logging/app-logger.js';
import { loadEnv } from './env.js';
import { maskSecrets, rememberSecrets } from './secrets.js';

const P = 'pa55wordOfOurs';

describe('a secret in a text', () => {
  it.each([
    'sk_live_51HqLyjWDarjtT1zdp7dc',
    'rk_test_51HqLyjWDarjtT1zdp7dc',
    'Invalid API Key provided: sk_live_51HqLyjWDarjtT1zdp7dc.',
    'KEY=xsk_live_51HqLyjWDarjtT1zdp7dc',
    'sk_org_51HqLyjWDarjtT1zdp7dc',
    '{"key":"whsec_51HqLyjWDarjtT1zdp7dc"}',
    'pi_3Mt_secret_51HqLyjWDarjtT1zdp7dc',
  ])('of Stripe is masked: %s [S9]', (text) => {
    expect(maskSecrets(text)).not.toMatch(/51HqLyjWDarjtT1zdp7dc/);
  });

  it.each([
    `postgres:/u:${P}@h`,
    `postgres://u:${P}@h:5432/db`,
    `postgresql://u:a/${P}@h/db`,
    `connect to postgres://u:@${P}@h failed`,
    `u:${P}@h`,
    `(u:${P}@h/db)`,
    `DATABASE_URL=u:${P}@h`,
    `postgres://h/db?user=u&password=${P}`,
    `postgres://h/db?PASSWORD=${P}&sslmode=require`,
    `host=h password='${P} and more' user=u`,
    `PGPASSWORD=${P}`,
    `https://u:${P}@shop.example.com/`,
    `redis://:${P}@h`,
    `jdbc:postgresql://h/db?user=u&password=${P}`,
    `-----BEGIN PRIVATE KEY-----\n${P}\n-----END PRIVATE KEY-----`,
    `-----BEGIN RSA PRIVATE KEY-----\n${P}`,
  ])('of a database is masked: %s [S9]', (text) => {
    expect(maskSecrets(text)).not.toContain(P);
  });

  it.each([
    'customer@example.com paid $19.99 for cs_test_1, pi_1',
    '{"email":"customer@example.com","at":"2026-11-27T12:00:00Z"}',
    '    at run (file:///srv/node_modules/@nestjs/core/index.js:1:2)',
    'expected a key that starts with sk_test_ or rk_test_ (sk_live_ or rk_live_ in production)',
    'one or several secrets that start with whsec_, separated by commas',
    'a key for that address, such as sk_test_sandbox',
    'postgres://user:password@host:5432/database',
    'task_id, desk_lamp and pk_live_abc are no secrets; http://localhost:5001/account',
  ])('is all that is masked: %s [S9]', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it('of the settings is masked wherever it turns up, as it is and encoded [S9]', () => {
    loadEnv({ DATABASE_URL: 'postgres://u:w%C3%B6rd%20of%20mine@localhost/shop' }, '/nowhere/.env');
    const masked = maskSecrets('it was "w\u00f6rd of mine", or w%C3%B6rd%20of%20mine');
    expect(masked).toBe('it was "…", or …');
  });

  it('is masked in no more time than the text is long [S9]', () => {
    for (const part of ['=a:', 'postgres:', 'a-', 'a:/', '-----BEGIN PRIVATE KEY-----"', 'sk_live', 'password='])
      expect(maskSecrets(part.repeat(20_000)).length).toBeGreaterThan(0);
  }, 20_000);

  it('is masked by the logger, in a message, an error, a stack and JSON [S9]', () => {
    rememberSecrets(['a secret that looks like nothing']);
    const written: string[] = [];
    const write = (text: unknown) => written.push(String(text)) > 0;
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation(write),
    );
    for (const json of [true, false]) {
      const logger = new AppLogger({ json, colors: false });
      logger.warn(`sk_live_51Habc and a secret that looks like nothing`);
      logger.error(new Error('postgres://u:51Habc@h'));
      logger.error('it failed', 'Error: u:51Habc@h\n    at x (file.js:1:1)', 'Here');
      logger.log({ key: 'whsec_51Habc' });
    }
    for (const spy of spies) spy.mockRestore();
    expect(written.join('')).toMatch(/it failed/);
    expect(written.join('')).not.toMatch(/51Habc|looks like nothing/);
  });
});

describe('a line of the log as JSON', () => {
  it('is masked in every string of it, quoted or deep inside, and is JSON all the same [S9]', () => {
    const written: string[] = [];
    const write = (text: unknown) => written.push(String(text)) > 0;
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation(write),
    );
    const logger = new AppLogger({ json: true, colors: false });
    logger.warn(`password="${P}" and password='${P}', password="${P}\\`);
    logger.error(new Error(`password="${P}"`));
    logger.error('it failed', `Error: password="${P}"\n    at x (file.js:1:1)`, 'Here');
    logger.log({ list: [{ text: `secret="${P}"` }, 1, null], [`u:${P}@h`]: true });
    for (const spy of spies) spy.mockRestore();
    const records = written.map((line) => JSON.parse(line));
    expect(records[0].message).toMatch(/^password=… and password=…, password=…/);
    expect(records.at(-1).message).toMatchObject({ list: [{ text: 'secret=…' }, 1, null] });
    expect(written.join('')).not.toContain(P);
  });
});

describe('the settings, with a secret in a wrong place', () => {
  const errorOf = (environment: Record<string, string | undefined>) => {
    try {
      return String(loadEnv(environment, '/nowhere/.env').warnings);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  it.each([
    { DATABASE_URL: `postgres:/u:${P}@h` },
    { DATABASE_URL: `u:${P}@h` },
    { DATABASE_URL: `mysql://u:${P}@h/db` },
    { DATABASE_URL: `postgres://u:${P}#@h/db` },
    { DATABASE_URL: `postgres://u:12?${P}@h/db` },
    { DATABASE_URL: `postgres://u:12/${P}@h/db` },
    { DATABASE_URL: `postgres://h/db?password=${P}&sslmode=what` },
    { DATABASE_URL: `postgres://h/db?${P}` },
    { DATABASE_URL: `postgres://h/db?passwort=${P}` },
    { DATABASE_URL: `postgres://u:%${P}@h/db` },
    { MIGRATE_TO_URL: `u:${P}@h` },
    { PORT: `sk_live_${P}` },
    { DOMAIN_URL: `https://u:${P}@shop.example.com` },
    { STRIPE_API_BASE: `u:${P}@h` },
    { DATABASE_CA: `-----BEGIN PRIVATE KEY-----\n${P}\n-----END PRIVATE KEY-----` },
    { SESSION_SECRET: P, PORT: P },
    { LOG_FORMAT: `whsec_${P}` },
    { STRIPE_SECRET_KEY: `pk_live_${P}` },
  ])('never show it: %o [S9]', (environment) => {
    const message = errorOf(environment);
    expect(message).toMatch(/found/);
    expect(message).not.toContain(P);
  });

  it('never show a password, whatever is in it [S9]', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, unit: 'grapheme-ascii' }), (password) => {
        const secret = `${password}Q7w`;
        for (const url of [`postgres://u:${secret}@h/db?x=1`, `u:${secret}@h`, `postgres:/u:${secret}@h`])
          expect(errorOf({ DATABASE_URL: url })).not.toContain(secret);
      }),
    );
  });
});
