// npm run bench -- <name>
import { join } from 'node:path';
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
await installed();
await installed(join(root, 'bench')); // a driver that only the benchmarks' bare servers use
await built();
await import('../bench/main.mjs');
