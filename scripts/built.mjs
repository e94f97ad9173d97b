// Builds where dist/ is missing or older than what it is made from. Where the tool that builds was pruned, what is there is run.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runTool, tool } from './installed.mjs';

const STAMP = join(root, 'dist', '.built');
/** What is run, of a build. */
const RUN = ['main.js', 'cli/main.js'].map((file) => join(root, 'dist', file));
const SOURCES = ['src', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];

export async function built() {
  if (!existsSync(tool('nest')) && RUN.every((file) => existsSync(file))) return; // after `npm prune --omit=dev`
  if (existsSync(STAMP) && statSync(STAMP).mtimeMs >= Math.max(...SOURCES.map((path) => newest(join(root, path)))))
    return;
  await runTool('nest', ['build']);
  writeFileSync(STAMP, ''); // a build that failed leaves none, whatever it wrote
}

/** When the newest file below a path was changed, or a file was added or removed. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
