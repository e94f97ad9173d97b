import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const LONGEST_START_MS = 60_000;

/** What `docker run --read-only` does, by the kernel's own means: a tree nobody can write to, but for the volume. */
const ENTER = `
  set -e
  mount --bind "$ROOT" "$ROOT"
  mount --bind "$DATA" "$ROOT/app/data"
  mount --bind /dev "$ROOT/dev"
  mount --bind /etc/hosts "$ROOT/etc/hosts"
  mount -t proc proc "$ROOT/proc"
  mount -o remount,ro,bind "$ROOT"
  exec chroot --userspec="$WHO" "$ROOT" env --ignore-environment --chdir=/app "$@"`;

/** The image's command, as its own user. */
export class ReadOnlyContainer {
  output = '';

  constructor({ root, config, data, settings }) {
    this.options = { root, config, data };
    closeSync(openSync(join(root, 'etc/hosts'), 'a')); // a container gets one; something must be there to mount it on
    this.started = this.start(settings);
  }

  async start(settings) {
    const [port, sandboxPort] = [await freePort(), await freePort()];
    this.url = `http://localhost:${port}`;
    const all = { PORT: port, SANDBOX_PORT: sandboxPort, DOMAIN_URL: this.url, ...settings };
    this.variables = [...this.options.config.Env, ...Object.entries(all).map(([name, value]) => `${name}=${value}`)];
    if (!settings.NODE_ENV) this.variables.push('NODE_ENV=development'); // the sandbox is not for production
    this.child = this.enter(this.options.config.Cmd);
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => (this.output += text));
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  async ready() {
    await this.started;
    for (const end = Date.now() + LONGEST_START_MS; Date.now() < end; await setTimeout(10)) {
      if (this.child.exitCode !== null) break;
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
    }
    throw new Error(`The container does not serve. It said:\n${this.output}`);
  }

  /** Runs a command beside it, to its end. Gives its exit status. */
  run(command) {
    return new Promise((resolve) => this.enter(command).once('exit', resolve));
  }

  /** Who the kernel says it runs as. */
  userId() {
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]);
  }

  /** Gives how long that took, ms. */
  async stop() {
    const began = performance.now();
    this.child.kill(this.options.config.StopSignal);
    const status = await this.exited;
    if (status !== 0) throw new Error(`It stopped with ${status}. It said:\n${this.output}`);
    return Math.round(performance.now() - began);
  }

  kill() {
    this.child?.kill('SIGKILL');
  }

  enter(command) {
    const { root, config, data } = this.options;
    const words = ['--mount', 'sh', '-c', ENTER, 'sh', ...this.variables, ...command];
    return spawn('unshare', words, { env: { PATH: process.env.PATH, ROOT: root, DATA: data, WHO: config.User } });
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
