// Holds a built image to what docs/deployment.md says of it. Standard input: what `buildah inspect` says; argument: where
// its tree is mounted.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startSandbox } from '../../packages/local-stripe/dist/index.js';
import { buy } from './buy.mjs';
import { ReadOnlyContainer } from './read-only-container.mjs';
import { diskUse } from './disk-use.mjs';

/** What an orchestrator waits before it kills: a stop that takes longer loses what is under way. */
const LONGEST_STOP_MS = 10_000;
/** The user of that name in Node's images. */
const NODE_USER = 1000;
const TOOLS = ['g++', 'gcc', 'cc', 'make', 'python3', 'tsc'];

const root = process.argv[2];
const localStripe = await startSandbox({ port: 0, stateFile: ':memory:' });
const { config } = JSON.parse(readFileSync(0, 'utf8')).Docker;
const app = join(root, 'app');

checkSettings();
checkTree();
await runs({ NODE_ENV: 'production', ...inProduction() }, 'in production', (container) =>
  answersHealthCheck(container),
);
await runs(besideLocalStripe(), 'with a local Stripe beside it', async (container) =>
  console.log(`sold for ${await buy(container.url)}`),
);
await localStripe.close();
console.log(`${diskUse(root)} MiB in all, of which ${diskUse(app)} MiB are the app with its dependencies`);

function checkSettings() {
  assert.equal(config.User, 'node');
  assert.equal(config.StopSignal, 'SIGTERM');
  assert.deepEqual(Object.keys(config.Volumes), ['/app/data']);
  assert.equal(config.Healthcheck.Test[0], 'CMD');
  console.log('runs as node, keeps data in a volume, has a health check and a stop signal');
}

/** No compiler, no source, no package that only development needs. */
function checkTree() {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const folder of ['bin', 'usr/bin', 'usr/local/bin'])
    for (const tool of TOOLS) assert(!existsSync(join(root, folder, tool)), `${folder}/${tool} is in the image`);
  for (const name of Object.keys(devDependencies))
    assert(!existsSync(join(app, 'node_modules', name)), `${name} is in the image`);
  assert(!existsSync(join(app, 'node_modules/local-stripe')) && !existsSync(join(app, 'packages')));
  assert.deepEqual(readdirSync(app).toSorted(), ['data', 'dist', 'node_modules', 'package.json', 'views']);
  const sources = readdirSync(app, { recursive: true }).filter((path) => /\.(ts|c|cc|cpp|h)$/.test(path));
  assert.deepEqual(sources, []);
  console.log('holds no compiler, no source, no local Stripe and no development package');
}

/** Starts it on a read-only tree, lets `use` use it, and stops it. How fast it starts is measured by `npm run bench -- boot`. */
async function runs(settings, how, use) {
  const { startMs, stopMs } = await run(settings, use);
  console.log(`${how}: ready after ${startMs} ms, stopped after ${stopMs} ms`);
  assert(stopMs < LONGEST_STOP_MS, 'the stop takes too long');
}

async function run(settings, use) {
  const data = mkdtempSync(join(tmpdir(), 'nsb-container-'));
  chownSync(data, NODE_USER, NODE_USER); // a new volume has the owner of the folder that it lies on
  const container = new ReadOnlyContainer({ root, config, data, settings });
  try {
    const began = performance.now();
    await container.ready();
    const startMs = Math.round(performance.now() - began);
    assert.equal(container.userId(), NODE_USER);
    await use(container);
    return { startMs, stopMs: await container.stop() };
  } finally {
    container.kill();
    await setTimeout(100); // its mounts go with it
    rmSync(data, { recursive: true, force: true });
  }
}

async function answersHealthCheck(container) {
  assert.equal(await container.run(config.Healthcheck.Test.slice(1)), 0);
  console.log('its health check says that it is healthy');
}

/** What an app in development asks in Stripe's place. It delivers no events: the success page sees to the payment. */
function besideLocalStripe() {
  return {
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_API_BASE: localStripe.url,
    STRIPE_WEBHOOK_SECRET: localStripe.webhookSecret,
  };
}

function inProduction() {
  const secret = () => randomBytes(32).toString('hex');
  return {
    STRIPE_SECRET_KEY: 'sk_test_container',
    STRIPE_WEBHOOK_SECRET: `whsec_${secret()}`,
    SESSION_SECRET: secret(),
    DATABASE_URL: 'sqlite:data/shop.db',
    TRUST_PROXY: '0',
    AUTH_ALLOW_STUB: 'true',
  };
}
