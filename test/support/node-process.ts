import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { settings as known } from '../../src/config/env.schema.js';
import { eventually } from './eventually.js';

export type Settings = Record<string, string>;

const ROOT = join(import.meta.dirname, '..', '..');
const LONGEST_START_MS = 55_000;
const LONGEST_RUN_MS = 120_000;

interface ProcessOptions {
  args?: string[];
  /** Where it runs. Defaults to the project's folder. */
  cwd?: string;
  /** A command that runs the process, with its own arguments first. */
  through?: string[];
  /** It starts processes of its own, which a signal is for too. */
  group?: boolean;
  /** It sends and takes messages: see `hasReported` and `send`. */
  ipc?: boolean;
}

/** A program of this project in a process of its own, which sees the settings it is given and no others. `TEST_LOG=1` shows its output. */
export class NodeProcess {
  /** Resolves with the exit status once it has ended: null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** All that was printed so far. */
  output = '';
  private readonly child: ChildProcess;
  private readonly messages: string[] = [];

  constructor(
    private readonly script: string,
    settings: Settings,
    private readonly options: ProcessOptions = {},
  ) {
    const { args = [], cwd = ROOT, through = [], group = false, ipc = false } = options;
    const [command = '', ...words] = [...through, process.execPath, script, ...args];
    this.child = spawn(command, words, {
      cwd,
      env: cleanEnvironment(settings),
      detached: group,
      stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    });
    this.child.on('message', (message: string) => this.messages.push(message));
    this.child.stdout?.on('data', (chunk: Buffer) => this.keep(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => this.keep(chunk));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits until these words were printed; gives all that was printed by then. Rejects where the process ends first. */
  async hasPrinted(words: RegExp, withinMs = LONGEST_START_MS): Promise<string> {
    const look = () => {
      if (words.test(this.output)) return true;
      if (this.hasEnded) throw new Error(`${this.script} ended before ${words}:\n${this.output}`);
      return false;
    };
    await eventually(`${words} from ${this.script}`, look, withinMs);
    return this.output;
  }

  /** Waits until the process has sent this message. */
  async hasReported(message: string): Promise<void> {
    await eventually(`the process reports: ${message}`, () => this.messages.includes(message));
  }

  send(message: object): void {
    this.child.send(message);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.options.group && !this.hasEnded) process.kill(-this.pid, signal);
    else this.child.kill(signal);
  }

  /** Sends a signal and waits for the end. Gives the exit status: null where a signal ended the process. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal(signal);
    return this.ended;
  }

  private keep(chunk: Buffer): void {
    this.output += chunk.toString();
    if (process.env.TEST_LOG) process.stderr.write(chunk);
  }
}

/** Runs a program to its end; gives what it printed on standard output. */
export async function outputOf(script: string, args: string[], settings: Settings): Promise<string> {
  const options = { cwd: ROOT, env: cleanEnvironment(settings), timeout: LONGEST_RUN_MS };
  return (await promisify(execFile)(process.execPath, [script, ...args], options)).stdout;
}

/** A blank setting counts as none, and wins over the one in a developer's own `.env`: no test ever reaches Stripe. */
export function cleanEnvironment(settings: Settings): Settings {
  const { PATH, HOME, SystemRoot, TEMP } = process.env;
  const names = [...Object.keys(known), 'STRIPE_LOCAL_TEST_WEBHOOK_SECRET'];
  const blank = Object.fromEntries(names.map((name) => [name, '']));
  const system = Object.entries({ PATH, HOME, SystemRoot, TEMP }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(system), NO_COLOR: '1', ...blank, ...settings };
}
