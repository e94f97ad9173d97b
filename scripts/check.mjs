// npm run check: format, lint, who imports whom, types, build, and what is generated from the SDK's types.
import { build } from './built.mjs';
import { installed, run, runTool } from './installed.mjs';

await installed();
await runTool('prettier', ['--check', '.']);
await runTool('oxlint', []);
await runTool('depcruise', ['src', 'packages/local-stripe/src']);
await runTool('tsc', ['--noEmit', '-p', 'tsconfig.json']);
await build();
for (const script of ['sdk-facts.mjs', 'coverage.mjs']) {
  await run(process.execPath, [`packages/local-stripe/scripts/${script}`, '--check']);
}
console.log('Format, lint, imports, types, build and what is generated are fine.');
