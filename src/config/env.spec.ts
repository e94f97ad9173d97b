import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from './env.schema.js';
import { loadEnv } from './env.js';
import { SettingsError } from './settings.error.js';

const load = (environment: Record<string, string>) => loadEnv(environment, '/nowhere/.env');
const secret = () => randomBytes(32).toString('hex'); // one that stood here would be known
const [one, two] = [`whsec_${secret()}`, `whsec_${secret()}`];
const good = {
  NODE_ENV: 'production',
  STRIPE_SECRET_KEY: 'sk_live_abc',
  STRIPE_WEBHOOK_SECRET: `${one}, ${two}`,
  SESSION_SECRET: secret(),
  DOMAIN_URL: 'https://shop.example.com/',
  DATABASE_URL: 'sqlite:/data/shop.db',
  TRUST_PROXY: '1',
};

function faultsOf(environment: Record<string, string>): string[] {
  try {
    load(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ name }) => name);
    throw error;
  }
}

describe('the settings', () => {
  it('all have defaults for development', () => {
    expect(load({})).toMatchObject({ production: false, port: 5001, stripe: undefined, logFormat: 'pretty' });
  });

  it('are read for production', () => {
    const env = load(good);
    expect(env).toMatchObject({ production: true, domainUrl: 'https://shop.example.com', logFormat: 'json' });
    expect(env.stripe?.webhookSecrets).toEqual([one, two]);
    expect(env.livemode).toBe(true);
  });

  it('take the other name of the webhook secret', () => {
    const env = load({ STRIPE_SECRET_KEY: 'sk_test_a', STRIPE_LOCAL_TEST_WEBHOOK_SECRET: 'whsec_local' });
    expect(env.stripe?.webhookSecrets).toEqual(['whsec_local']);
  });

  it('take an empty value for none', () => {
    expect(load({ PORT: '', STRIPE_SECRET_KEY: '' }).port).toBe(5001);
  });

  it.each([
    ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: '80a' }],
    ['NODE_ENV', { NODE_ENV: 'prod' }],
    ['DOMAIN_URL', { DOMAIN_URL: 'https://shop.example.com/path' }],
    ['DOMAIN_URL', { DOMAIN_URL: 'shop.example.com' }],
    ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: 'pk_test_a', STRIPE_WEBHOOK_SECRET: 'whsec_a' }],
    ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: 'sk_live_a', STRIPE_WEBHOOK_SECRET: 'whsec_a' }],
    ['STRIPE_WEBHOOK_SECRET', { STRIPE_SECRET_KEY: 'sk_test_a' }],
    ['STRIPE_WEBHOOK_SECRET', { STRIPE_SECRET_KEY: 'sk_test_a', STRIPE_WEBHOOK_SECRET: 'secret' }],
    ['STRIPE_SECRET_KEY', { STRIPE_API_BASE: 'http://localhost:12111' }],
    ['SESSION_SECRET', { SESSION_SECRET: 'short' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['AUTH_STUB_EMAIL', { AUTH_STUB_EMAIL: 'nobody' }],
    ['LOG_FORMAT', { LOG_FORMAT: 'xml' }],
  ])('are refused with the name of %s', (name, environment) => {
    expect(faultsOf(environment)).toEqual([name]);
  });

  it.each([
    ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: '' }],
    ['STRIPE_API_BASE', { STRIPE_API_BASE: 'https://proxy.example.com' }],
    ['SESSION_SECRET', { SESSION_SECRET: '' }],
    ['DOMAIN_URL', { DOMAIN_URL: 'http://shop.example.com' }],
    ['DOMAIN_URL', { DOMAIN_URL: '' }],
    ['DATABASE_URL', { DATABASE_URL: '' }],
    ['TRUST_PROXY', { TRUST_PROXY: '' }],
  ])('are refused in production for %s', (name, change) => {
    expect(faultsOf({ ...good, ...change })).toContain(name);
  });

  it('may use http in production for localhost', () => {
    expect(faultsOf({ ...good, DOMAIN_URL: 'http://localhost:5001' })).toEqual([]);
  });

  it('may say in production that there is no proxy [Build 8]', () => {
    expect(load({ ...good, TRUST_PROXY: '0' }).trustProxy).toBe(0);
  });

  it('lead to the port where no DOMAIN_URL is given [Build 8]', () => {
    expect(load({ PORT: '5002' }).domainUrl).toBe('http://localhost:5002');
    expect(load({ PORT: '5002', DOMAIN_URL: 'http://shop.localhost' }).domainUrl).toBe('http://shop.localhost');
  });

  it.each([
    ['192.168.1.7', 'http://192.168.1.7:5002'],
    ['2001:DB8:0::7', 'http://[2001:db8::7]:5002'],
    ['0.0.0.0', 'http://localhost:5002'],
    ['::', 'http://localhost:5002'],
    ['0:0:0:0:0:0:0:0', 'http://localhost:5002'],
    ['localhost', 'http://localhost:5002'],
  ])('lead to the address that is listened on, where it is one: %s [S10]', (LISTEN_HOST, domainUrl) => {
    expect(load({ PORT: '5002', LISTEN_HOST }).domainUrl).toBe(domainUrl);
  });

  it('warn of a test key in production, and boot [Build 8]', () => {
    expect(load(good).warnings).toEqual([]);
    expect(load({ ...good, STRIPE_SECRET_KEY: 'rk_test_abc' }).warnings).toEqual([
      expect.stringContaining('STRIPE_SECRET_KEY is a test key'),
    ]);
  });

  it.each([
    ['[Kettle & Leaf] Tea', {}, 'Kettle & Leaf'],
    ['Tea', {}, 'Tea'],
    ['[] Tea', {}, 'Tea'],
    ['[Kettle & Leaf] Tea', { SHOP_NAME: 'Kettle' }, 'Kettle'],
  ])('name the shop: APP_NAME %s with %j is %s', (APP_NAME, more, name) => {
    expect(load({ APP_NAME, ...more }).face.name).toBe(name);
  });

  it('refuse a logo that is none, and an accent colour that cannot be read, and say which can', () => {
    expect(() => load({ SHOP_LOGO: 'package.json', SHOP_ACCENT: '#FFCC00' })).toThrow(
      /SHOP_LOGO: found "package.json"; expected an SVG, .*SHOP_ACCENT: found #ffcc00, whose contrast on a light page is 1.4:1; expected .*at least 4.5:1 there, such as #\w{6};/s,
    );
    const face = { SHOP_LOGO: 'views/assets/logo.svg', SHOP_ACCENT: '#0F766E', SHOP_LEGAL_LINES: 'A Ltd | VAT 1 |' };
    expect(load(face).face).toMatchObject({ logo: face.SHOP_LOGO, accent: '#0f766e', legalLines: ['A Ltd', 'VAT 1'] });
  });

  it('report all their faults at once, what was found and what would be right, and no secret', () => {
    const wrong = { PORT: 'x', STRIPE_SECRET_KEY: 'sk_secret_value', TRUST_PROXY: 'yes' };
    expect(() => load(wrong)).toThrow(/PORT: found "x"; expected a port[\s\S]*TRUST_PROXY: found "yes"/);
    expect(() => load(wrong)).not.toThrow(/sk_secret_value/);
  });

  it('each have their line in .env.example', () => {
    const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
    const names = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(names.toSorted()).toEqual(Object.keys(settings).toSorted());
  });
});
