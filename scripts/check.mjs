// npm run check: format, lint (with the import rules), types, build.
import { installed, runTool } from './installed.mjs';

installed();
runTool('prettier', ['--check', '.']);
runTool('oxlint', []);
runTool('tsc', ['--noEmit', '-p', 'tsconfig.json']);
runTool('nest', ['build']);
console.log('Format, lint, types and build are fine.');
