// npm start: from a fresh clone to an open shop.
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
installed();
built();
await import('../dist/main.js');
