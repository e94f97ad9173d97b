// npm run check: format, lint (with the import rules), types, build.
import { build } from './built.mjs';
import { installed, runTool } from './installed.mjs';

await installed();
await runTool('prettier', ['--check', '.']);
await runTool('oxlint', []);
await runTool('tsc', ['--noEmit', '-p', 'tsconfig.json']);
await build();
console.log('Format, lint, types and build are fine.');
