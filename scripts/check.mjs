// npm run check: format, lint, who imports whom, types, build.
import { build } from './built.mjs';
import { installed, runTool } from './installed.mjs';

await installed();
await runTool('prettier', ['--check', '.']);
await runTool('oxlint', []);
await runTool('depcruise', ['src', 'packages/local-stripe/src']);
await runTool('tsc', ['--noEmit', '-p', 'tsconfig.json']);
await build();
console.log('Format, lint, imports, types and build are fine.');
