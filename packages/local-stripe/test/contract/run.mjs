// Replays recorded scenarios against the sources as they are, without Jest:
//   node packages/local-stripe/test/contract/run.mjs                    all, with a summary
//   node packages/local-stripe/test/contract/run.mjs sub-001 pay-002    these, call by call, with every difference
//   node packages/local-stripe/test/contract/run.mjs --first            the first wrong status of each scenario
//   node packages/local-stripe/test/contract/run.mjs --kinds [shape]    differences by kind, the most frequent first
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import typescript from 'typescript';

const PACKAGE = join(import.meta.dirname, '..', '..');
// As deep as dist/, since the server finds its views by its own place.
const OUTPUT = join(PACKAGE, 'contract-build');

transpile(join(PACKAGE, 'src'), OUTPUT);
transpile(import.meta.dirname, join(OUTPUT, 'contract'));
const { main } = await import(pathToFileURL(join(OUTPUT, 'contract', 'main.js')).href);
await main(join(OUTPUT, 'index.js'), process.argv.slice(2));

function transpile(from, to) {
  rmSync(to, { recursive: true, force: true });
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || file.endsWith('.spec.ts')) continue;
    const target = join(to, relative(from, file));
    mkdirSync(dirname(target), { recursive: true });
    if (file.endsWith('.json')) writeFileSync(target, readFileSync(file));
    if (!file.endsWith('.ts')) continue;
    const { outputText } = typescript.transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { module: 'esnext', target: 'es2023' },
    });
    writeFileSync(target.replace(/\.ts$/, '.js'), outputText);
  }
}
