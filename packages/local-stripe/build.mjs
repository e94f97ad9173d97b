// Compiles src/ to dist/, from nothing. With --if-possible, as `npm install` runs it, it does nothing where the compiler was
// left out: an installation for production, which has no use for this package.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const here = import.meta.dirname;
const compiler = findCompiler();

if (compiler) {
  rmSync(join(here, 'dist'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: here,
    stdio: ['ignore', 2, 2], // standard output is `npm pack`'s own
  });
  process.exit(status ?? 1);
}
if (!process.argv.includes('--if-possible')) throw new Error('TypeScript is missing: run npm install first');

function findCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}
