// npm run check: format, lint, who imports whom, types, build, and what is generated from the SDK's types.
import { build } from './built.mjs';
import { installed, run, runTool } from './installed.mjs';

await installed();
await Promise.all([sources(), whatIsBuilt()]); // each is one thread's work, and half of the time

async function sources() {
  await runTool('prettier', ['--check', '.']);
  await runTool('oxlint', []);
  await runTool('tsc', ['--noEmit', '-p', 'tsconfig.json']);
}

/** The build, and what looks into it: the rules of imports follow those of local-stripe into its build. */
async function whatIsBuilt() {
  await build();
  await runTool('depcruise', ['src', 'packages/local-stripe/src']);
  for (const script of ['sdk-facts.mjs', 'coverage.mjs'])
    await run(process.execPath, [`packages/local-stripe/scripts/${script}`, '--check']);
}
console.log('Format, lint, imports, types, build and what is generated are fine.');
