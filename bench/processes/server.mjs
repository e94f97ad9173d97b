import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { onExit } from './cleanup.mjs';
import { cores, pinned } from './cores.mjs';

const POLL_INTERVAL_MS = 5;
const BOOT_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const MAX_OUTPUT_CHARS = 4_000;

/**
 * Starts a server with no environment but the one it is given, and waits until it is ready.
 * @param {(port: number) => { command: string[], env: Record<string, string>, cwd?: string, ready?: string }} describe
 * `command`: arguments of Node; `ready`: the path that it answers 200 to once it is ready, `/health/ready` by default
 * @param {{ core?: number, node?: string }} options the core to run on, by default the servers' own; the Node to run, by default this one
 */
export async function startServer(describe, { core = cores?.server, node = process.execPath } = {}) {
  const port = await freePort();
  const { command, env, cwd, ready: path = '/health/ready' } = describe(port);
  const [program, ...args] = pinned(core, [node, ...command]);
  const startedAt = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const unregister = onExit(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => (output = (output + part).slice(-MAX_OUTPUT_CHARS)));

  async function end(signal) {
    child.kill(signal);
    const ended = await Promise.race([exited, setTimeout(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    if (!ended) child.kill('SIGKILL');
    await exited;
    unregister();
  }

  await ready(port + path, child).catch(async (error) => {
    await end('SIGKILL');
    throw new Error(`${command[0]} did not start. It said:\n${output}`, { cause: error });
  });
  return {
    port,
    pid: child.pid,
    /** From the start of the process to its first 200. */
    bootMs: performance.now() - startedAt,
    /** Without a chance to write anything more: what was acknowledged must be on disk already. */
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    output: () => output,
  };
}

async function ready(address, child) {
  for (const end = Date.now() + BOOT_TIMEOUT_MS; Date.now() < end; await setTimeout(POLL_INTERVAL_MS)) {
    if (child.exitCode !== null) throw new Error(`It ended with status ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${address}`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
  }
  throw new Error(`Not ready after ${BOOT_TIMEOUT_MS} ms`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
