import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readArguments } from '../../packages/local-stripe/src/command/arguments.js';
import { loadEnv } from '../../src/config/env.js';
import { settings } from '../../src/config/env.schema.js';

const ROOT = join(import.meta.dirname, '../..');

interface Service {
  build?: string | { context: string; dockerfile: string };
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, unknown>;
  volumes?: string[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
}

/** As a shell with these variables has it: each `${NAME:-default}`, and `${NAME-default}`, is the variable or its default. */
const composeWith = (variables: Record<string, string> = {}): Compose =>
  parse(
    readFileSync(join(ROOT, 'compose.yaml'), 'utf8').replaceAll(
      /\$\{(\w+)(:?)-([^}]*)\}/g,
      (_all, name: string, orEmpty: string, otherwise: string) =>
        (orEmpty ? variables[name] || otherwise : variables[name]) ?? otherwise,
    ),
    { merge: true },
  ) as Compose;
const compose = composeWith();
const services = Object.entries(compose.services);

/** There is no Docker where this is tested, so the file is read as Docker would read it. */
describe('compose.yaml', () => {
  it('waits only for services that are there, and keeps data in volumes that are declared', () => {
    for (const [, { depends_on = {}, volumes = [] }] of services) {
      for (const name of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(name);
      const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !source.startsWith('.'));
      for (const name of named) expect(Object.keys(compose.volumes)).toContain(name);
    }
  });

  it('runs two instances from the one image, with settings that the app accepts', () => {
    const ours = services.filter(([, { image }]) => image === 'nest-stripe-billing');
    expect(ours.map(([name]) => name)).toEqual(['app-1', 'app-2']);
    for (const [, { environment = {} }] of ours) {
      for (const name of Object.keys(environment)) expect(Object.keys(settings)).toContain(name);
      expect(() => loadEnv(environment, '/nowhere/.env')).not.toThrow();
    }
  });

  it('runs the local Stripe from an image of its own, with arguments that its command accepts', () => {
    const { build, command = [] } = compose.services['sandbox'] ?? {};
    expect(build).toEqual({ context: '.', dockerfile: 'packages/local-stripe/Dockerfile' });
    expect(readArguments(command)).toMatchObject({ start: { forwardTo: ['http://proxy:8080/webhook'] } });
  });

  it('gives both instances the same secrets, and the local Stripe the same signing secret', () => {
    const [first, second] = ['app-1', 'app-2'].map((name) => compose.services[name]?.environment);
    expect(first).toEqual(second);
    const webhookSecret = first?.STRIPE_WEBHOOK_SECRET;
    expect(readArguments(compose.services['sandbox']?.command ?? [])).toMatchObject({ start: { webhookSecret } });
  });

  it('is refused in production as it stands, and taken with secrets of its own [S6]', () => {
    const app = (variables: Record<string, string>) =>
      loadEnv(composeWith({ NODE_ENV: 'production', ...variables }).services['app-1']?.environment, '/nowhere/.env');
    const names = ['DATABASE_URL', 'STRIPE_SECRET_KEY', 'STRIPE_API_BASE', 'STRIPE_WEBHOOK_SECRET', 'SESSION_SECRET'];
    for (const name of names) expect(() => app({})).toThrow(`${name}: found`);
    const secret = () => randomBytes(32).toString('hex');
    const own = {
      DOMAIN_URL: 'https://shop.example.com',
      POSTGRES_PASSWORD: secret(),
      STRIPE_SECRET_KEY: 'sk_live_abc',
      STRIPE_API_BASE: '',
      STRIPE_WEBHOOK_SECRET: `whsec_${secret()}`,
      SESSION_SECRET: secret(),
      AUTH_ALLOW_STUB: 'true',
    };
    expect(app(own)).toMatchObject({ production: true, trustProxy: 1, postgres: { tls: false, tlsIsExplicit: true } });
  });

  it('has a proxy in front that knows both instances', () => {
    const proxy = readFileSync(join(ROOT, 'deploy/nginx.conf'), 'utf8');
    const upstream = [...proxy.matchAll(/^\s+server ([\w-]+):5001/gm)].map(([, name]) => name);
    expect(upstream).toEqual(['app-1', 'app-2']);
  });
});
