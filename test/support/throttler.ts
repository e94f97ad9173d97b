import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';

/**
 * `@nestjs/throttler` as Jest gives it to the app. It is CommonJS and requires Nest, which is ESM: Node can do that, but Jest
 * cannot before Node 24.9. So its own files are run here with the Nest that Jest has imported.
 */
type Throttler = typeof import('@nestjs/throttler');

const PACKAGE = join(import.meta.dirname, '../../node_modules/@nestjs/throttler/dist');
const require = createRequire(import.meta.url);
const nest: Record<string, object> = { '@nestjs/common': common, '@nestjs/core': core };
const loaded = new Map<string, object>();

function load(path: string): object {
  const known = loaded.get(path);
  if (known) return known;
  const exports = {};
  loaded.set(path, exports);
  const requireHere = (name: string) => {
    if (name.startsWith('./')) return load(`${join(dirname(path), name)}.js`);
    return nest[name] ?? (require(name) as object);
  };
  const names = ['exports', 'require', 'Reflect']; // Jest has globals of its own, and reflect-metadata adds to one
  compileFunction(readFileSync(path, 'utf8'), names, { filename: path })(exports, requireHere, Reflect);
  return exports;
}

export const { ThrottlerGuard, ThrottlerModule } = load(join(PACKAGE, 'index.js')) as Throttler;
