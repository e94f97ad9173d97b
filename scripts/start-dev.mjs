// npm run start:dev: nest start --watch, which builds and starts anew on every change.
import { spawn } from 'node:child_process';
import { installed, root, tool } from './installed.mjs';

installed();
const watch = spawn(tool('nest'), ['start', '--watch', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => watch.kill(signal));
watch.on('exit', (status) => process.exit(status ?? 1));
