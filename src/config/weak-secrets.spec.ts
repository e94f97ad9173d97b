import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { loadEnv } from './env.js';
import { SettingsError } from './settings.error.js';

const webhookSecret = () => `whsec_${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`;
const sessionSecret = () => randomBytes(32).toString('hex');
const good = () => ({
  NODE_ENV: 'production',
  STRIPE_SECRET_KEY: 'sk_live_abc',
  STRIPE_WEBHOOK_SECRET: webhookSecret(),
  SESSION_SECRET: sessionSecret(),
  DOMAIN_URL: 'https://shop.example.com',
  DATABASE_URL: 'sqlite:/data/shop.db',
  TRUST_PROXY: '0',
  AUTH_ALLOW_STUB: 'true',
});

function refused(change: Record<string, string>): string[] {
  try {
    loadEnv({ ...good(), ...change }, '/nowhere/.env');
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ name }) => name);
    throw error;
  }
}

describe('a secret that somebody could guess', () => {
  it.each([
    ['STRIPE_WEBHOOK_SECRET', 'whsec_only_for_this_demo'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_of_a_test'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_test'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_your_signing_secret_goes_here'],
    ['STRIPE_WEBHOOK_SECRET', `whsec_${'a'.repeat(32)}`],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_12345678901234567890123456789012'],
    ['SESSION_SECRET', 'only-for-this-demo-where-no-money-moves'],
    ['SESSION_SECRET', 'x'.repeat(32)],
    ['SESSION_SECRET', 'changeme'.repeat(5)],
    ['SESSION_SECRET', 'change-me-change-me-change-me-please'],
    ['SESSION_SECRET', 'abcdefghijklmnopqrstuvwxyz0123456789'],
    ['SESSION_SECRET', 'container'.repeat(4)],
    ['SESSION_SECRET', 'my-very-long-and-secret-session-secret'],
    ['STRIPE_SECRET_KEY', 'sk_test_sandbox'],
  ])('stops the boot in production: %s=%s [S6]', (name, value) => {
    expect(refused({ [name]: value })).toEqual([name]);
  });

  it('stops it beside a good one, too [S6]', () => {
    const both = `${webhookSecret()},whsec_only_for_this_demo`;
    expect(refused({ STRIPE_WEBHOOK_SECRET: both })).toEqual(['STRIPE_WEBHOOK_SECRET']);
  });

  it.each([
    'postgres://shop:only-for-this-demo@localhost/shop',
    'postgres://shop:only-for-this-demo@db.example.com/shop?sslmode=require',
    'postgres://postgres:postgres@db.example.com/shop?sslmode=require',
    'postgres://anna:anna@db.example.com/shop?sslmode=require',
    'postgres://anna@db.example.com/shop?sslmode=require&password=changeme',
  ])('stops it as the password of a database: %s [S6]', (url) => {
    expect(refused({ DATABASE_URL: url })).toEqual(['DATABASE_URL']);
  });

  it('is not what a machine makes: every random one is taken [S6]', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const session = createHash('sha256').update(String(seed)).digest(); // bytes that look random, the same for a seed
        const database = `postgres://shop:${session.toString('hex', 0, 12)}@db.example.com/shop?sslmode=require`;
        expect(refused({ DATABASE_URL: database })).toEqual([]);
        expect(refused({ SESSION_SECRET: session.toString('base64') })).toEqual([]);
        expect(refused({ SESSION_SECRET: session.toString('base64url') })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is not one that has a word of two letters between the signs of base64 [S6]', () => {
    expect(refused({ SESSION_SECRET: 'q3Zr+My/8tLw0VbXc7Ke5JhGn1DsPfUa9oTiR2yEzBk=' })).toEqual([]);
  });

  it('is taken outside production, where no money moves [S6]', () => {
    const demo = {
      SESSION_SECRET: 'only-for-this-demo-where-no-money-moves',
      STRIPE_WEBHOOK_SECRET: 'whsec_only_for_this_demo',
    };
    expect(() => loadEnv({ ...demo, STRIPE_SECRET_KEY: 'sk_test_sandbox' }, '/nowhere/.env')).not.toThrow();
  });
});
