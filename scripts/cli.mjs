// npm run cli -- <command>
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
await installed();
await built();
await import('../dist/cli/main.js');
