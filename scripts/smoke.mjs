// Runs the build as it is deployed: production dependencies only, in a folder of its own. For CI.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { root } from './installed.mjs';

const secret = () => randomBytes(32).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'nsb-smoke-'));
const production = {
  NODE_ENV: 'production',
  DOMAIN_URL: 'http://localhost',
  STRIPE_SECRET_KEY: 'sk_test_smoke',
  STRIPE_WEBHOOK_SECRET: `whsec_${secret()}`,
  SESSION_SECRET: secret(),
  DATABASE_URL: `sqlite:${join(folder, 'data', 'shop.db')}`,
  TRUST_PROXY: '0',
  AUTH_ALLOW_STUB: 'true',
};

try {
  for (const path of ['dist', 'scripts', 'views', 'node_modules', 'package.json', 'package-lock.json'])
    cpSync(join(root, path), join(folder, path), { recursive: true, verbatimSymlinks: true });
  const pruned = spawnSync('npm', ['prune', '--omit=dev', '--workspaces=false', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (pruned.status !== 0) throw new Error('npm prune failed');
  rmSync(join(folder, 'dist', '.built'), { force: true }); // `npm run build` leaves none
  const help = spawnSync('npm', ['run', '-s', 'cli', '--', '--help'], { cwd: folder, encoding: 'utf8' });
  if (help.status !== 0 || !help.stdout.includes('webhooks'))
    throw new Error(`npm run cli ended with ${help.status}:\n${help.stdout}${help.stderr}`);

  await refuses({ NODE_ENV: 'production' }, ['STRIPE_SECRET_KEY', 'SESSION_SECRET', 'DATABASE_URL', 'TRUST_PROXY']);
  await refuses({ ...production, AUTH_ALLOW_STUB: 'false' }, ['AUTH_ALLOW_STUB']);
  await refuses({ ...production, STRIPE_API_BASE: 'http://localhost:1' }, ['STRIPE_API_BASE']);
  await serves('in production, where Stripe cannot be reached', production, 'We cannot reach our payment provider');
  await refuses({}, ['STRIPE_SECRET_KEY', 'not installed here']); // the local Stripe is for development
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The app does not start, and names every setting that is wrong. */
async function refuses(settings, names) {
  const { output, exited } = start(settings);
  const status = await exited;
  const missing = names.filter((name) => !output().includes(name));
  if (status !== 1 || missing.length > 0)
    throw new Error(`Expected a refusal for ${names}, got ${status}:\n${output()}`);
  console.log(`refuses to start without the right ${names.join(', ')}`);
}

/** The app starts, is ready, shows the shop, and ends in order. */
async function serves(how, settings, words) {
  const port = await freePort();
  const ports = { PORT: String(port), SANDBOX_PORT: String(await freePort()), DOMAIN_URL: `http://localhost:${port}` };
  const began = performance.now();
  const { child, output, exited } = start({ ...settings, ...ports });
  try {
    await until(output, async () => (await fetch(`http://localhost:${port}/health/ready`)).ok);
    const readyMs = Math.round(performance.now() - began);
    await until(output, async () => (await (await fetch(`http://localhost:${port}/`)).text()).includes(words));
    child.kill('SIGTERM');
    const status = await exited;
    if (status !== 0) throw new Error(`Stopped with ${status}:\n${output()}`);
    console.log(`serves ${how}; ready ${readyMs} ms after the start of the process`);
  } finally {
    child.kill('SIGKILL');
  }
}

function start(settings) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings };
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: folder, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part));
  return { child, output: () => text, exited: new Promise((resolve) => child.once('exit', resolve)) };
}

async function until(output, look) {
  for (const end = Date.now() + 60_000; Date.now() < end; await setTimeout(20))
    if (await look().catch(() => false)) return;
  throw new Error(`Waited in vain. The app said:\n${output()}`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
