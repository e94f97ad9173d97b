import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onExit } from './cleanup.mjs';
import { cores, pinned } from './cores.mjs';

/**
 * Runs a script of load/ in a process of its own on the load's core, and gives what it reports.
 * @param {'closed-loop' | 'flood' | 'one-at-a-time' | 'pages' | 'payments' | 'subscriptions'} script
 */
export function runLoad(script, task) {
  const path = join(import.meta.dirname, '..', 'load', `${script}.process.mjs`);
  const [program, ...args] = pinned(cores?.load, [process.execPath, path, JSON.stringify(task)]);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
  const unregister = onExit(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let report;
    child.once('message', (message) => (report = message));
    child.once('error', reject);
    child.once('exit', (status) => {
      unregister();
      if (status === 0 && report) resolve(report);
      else reject(new Error(`The load ended with status ${status}`));
    });
  });
}
