// npm run sandbox: the local Stripe alone, for an app in another process.
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
installed();
built();
await import('../dist/sandbox-alone.js');
