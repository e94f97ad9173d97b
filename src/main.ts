import module from 'node:module';
import { join } from 'node:path';

process.umask(0o077); // files that the app makes, such as the database, are for its own user only

/** Since Node 22; @types/node is that of Node 20, the oldest that the app runs on. */
const { enableCompileCache } = module as { enableCompileCache?(folder: string): unknown };

// Must come before the imports it speeds up. Where the folder cannot be written, Node goes on without.
enableCompileCache?.(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const { boot } = await import('./bootstrap/boot.js');
await boot();
