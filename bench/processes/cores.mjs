import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The server has one core and the load another, so that neither takes time from the other. `undefined`: not pinned. */
export const cores = twoCores();

/** A command, kept on a core where that is possible. */
export const pinned = (core, command) => (core === undefined ? command : ['taskset', '-c', String(core), ...command]);

function twoCores() {
  if (process.platform !== 'linux' || spawnSync('taskset', ['--version']).error) return undefined;
  const [server, load] = allowed();
  return load === undefined ? undefined : { server, load };
}

/** What the kernel lets this process run on, such as `0-1,4`. */
function allowed() {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return (list ?? '').split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
