import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadEnv } from '../../src/config/env.js';
import { settings } from '../../src/config/env.schema.js';

const ROOT = join(import.meta.dirname, '../..');

interface Service {
  build?: string;
  image: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, unknown>;
  volumes?: string[];
}

/** As a shell without any of the variables has it: each `${NAME:-default}` is its default. */
const text = readFileSync(join(ROOT, 'compose.yaml'), 'utf8').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
const compose = parse(text, { merge: true }) as { services: Record<string, Service>; volumes: Record<string, null> };
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

  it('runs two instances and the sandbox from the one image, with settings that the app accepts', () => {
    const ours = services.filter(([, { image }]) => image === 'nest-stripe-billing');
    expect(ours.map(([name]) => name)).toEqual(['app-1', 'app-2', 'sandbox']);
    for (const [, { environment = {} }] of ours) {
      for (const name of Object.keys(environment)) expect(Object.keys(settings)).toContain(name);
      expect(() => loadEnv(environment, '/nowhere/.env')).not.toThrow();
    }
  });

  it('gives both instances the same secrets, and the sandbox the same signing secret', () => {
    const [first, second, sandbox] = ['app-1', 'app-2', 'sandbox'].map((name) => compose.services[name]?.environment);
    expect(first).toEqual(second);
    expect(sandbox?.STRIPE_WEBHOOK_SECRET).toBe(first?.STRIPE_WEBHOOK_SECRET);
  });

  it('has a proxy in front that knows both instances', () => {
    const proxy = readFileSync(join(ROOT, 'deploy/nginx.conf'), 'utf8');
    const upstream = [...proxy.matchAll(/^\s+server ([\w-]+):5001/gm)].map(([, name]) => name);
    expect(upstream).toEqual(['app-1', 'app-2']);
  });
});
