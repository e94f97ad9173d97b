// npm run sandbox: the local Stripe alone, for an app in another process.
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
await installed();
await built();
await import('../dist/sandbox-alone.js');
