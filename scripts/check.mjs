// npm run check: format, lint (with the import rules), types, build.
import { installed, run, tool } from './installed.mjs';

installed();
run(tool('prettier'), ['--check', '.']);
run(tool('oxlint'), []);
run(tool('tsc'), ['--noEmit', '-p', 'tsconfig.json']);
run(tool('nest'), ['build']);
console.log('Format, lint, types and build are fine.');
