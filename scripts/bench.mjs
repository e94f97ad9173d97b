// npm run bench -- <name>
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
installed();
built();
await import('../bench/main.mjs');
