// npm run start:dev: nest start --watch, which builds and starts anew on every change.
import { spawn } from 'node:child_process';
import { builtLocalStripe } from './built.mjs';
import { installed, root, tool } from './installed.mjs';

const posix = process.platform !== 'win32';

await installed();
await builtLocalStripe();
const watch = spawn(process.execPath, [tool('nest'), 'start', '--watch', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  detached: posix, // a group of its own: nest starts the app through a shell, which would keep a signal to itself
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => (posix ? process.kill(-watch.pid, signal) : watch.kill(signal)));
watch.on('exit', (status) => process.exit(status ?? 1));
