// Builds where dist/ is missing or older than what it is made from.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, tool } from './installed.mjs';

const SOURCES = ['src', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];

export function built() {
  const made = join(root, 'dist', '.tsbuildinfo');
  if (existsSync(made) && statSync(made).mtimeMs >= Math.max(...SOURCES.map((path) => newest(join(root, path)))))
    return;
  run(tool('nest'), ['build']);
}

/** When the newest file below a path was changed, or a file was added or removed. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
