import { type ChildProcess, spawn } from 'node:child_process';
import { eventually } from '../../support/eventually.js';

/** A child process that tells over the IPC channel what it does, and what it printed. `TEST_LOG=1` shows that. */
export class Child {
  output = '';
  private readonly said: string[] = [];
  private readonly process: ChildProcess;
  private readonly exited: Promise<number | null>;

  constructor([command = '', ...args]: string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.process = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.process.on('message', (words: string) => this.said.push(words));
    this.process.stdout?.on('data', (chunk: Buffer) => this.hear(chunk));
    this.process.stderr?.on('data', (chunk: Buffer) => this.hear(chunk));
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  tell(message: object): void {
    this.process.send(message);
  }

  async hasSaid(words: string): Promise<void> {
    await eventually(`the app says: ${words}`, () => this.said.includes(words));
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Sends a signal, and gives the exit status: null where a signal ended the process. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.process.kill(signal);
    return this.exited;
  }

  private hear(chunk: Buffer): void {
    this.output += chunk.toString();
    if (process.env.TEST_LOG) process.stderr.write(chunk);
  }
}
