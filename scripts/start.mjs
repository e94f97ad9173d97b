// npm start: from a fresh clone to an open shop.
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
await installed();
await built();
await import('../dist/main.js');
