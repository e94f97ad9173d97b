// Builds the local Stripe and the app where what they run is missing or older than what it is made from. Where the tools that
// build were pruned, what is there is run.
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, runTool, tool } from './installed.mjs';

const SETTINGS = ['package-lock.json', 'tsconfig.json'];
const LOCAL_STRIPE = 'packages/local-stripe';

const BUILDS = {
  localStripe: {
    stamp: `${LOCAL_STRIPE}/dist/.built`,
    sources: [...['src', 'build.mjs', 'tsconfig.build.json'].map((path) => `${LOCAL_STRIPE}/${path}`), ...SETTINGS],
    build: () => run(process.execPath, [`${LOCAL_STRIPE}/build.mjs`]),
  },
  app: {
    stamp: 'dist/.built',
    sources: ['src', 'nest-cli.json', 'tsconfig.build.json', ...SETTINGS],
    build: () => runTool('nest', ['build']),
  },
};

/** Builds everything whose sources changed. */
export async function built() {
  for (const what of Object.keys(BUILDS)) await builtOne(what);
}

/** Builds the local Stripe alone, where its sources changed. */
export const builtLocalStripe = () => builtOne('localStripe');

/** Builds everything, whether it changed or not. */
export async function build() {
  for (const what of Object.keys(BUILDS)) await buildOne(what);
}

async function builtOne(what) {
  if (!existsSync(tool('nest'))) return; // after `npm prune --omit=dev`
  const { stamp, sources } = BUILDS[what];
  const file = join(root, stamp);
  if (existsSync(file) && statSync(file).mtimeMs >= Math.max(...sources.map((path) => newest(join(root, path)))))
    return;
  await buildOne(what);
}

async function buildOne(what) {
  const stamp = join(root, BUILDS[what].stamp);
  rmSync(stamp, { force: true });
  await BUILDS[what].build();
  writeFileSync(stamp, ''); // a build that failed leaves none, whatever it wrote
}

/** When the newest file below a path was changed, or a file was added or removed. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
