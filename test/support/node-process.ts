import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { settings as known } from '../../src/config/env.schema.js';
import { eventually } from './eventually.js';

export type Settings = Record<string, string>;

const ROOT = join(import.meta.dirname, '..', '..');
const LONGEST_START_MS = 30_000;

/** A program of this project in a process of its own, which sees the settings it is given and no others. */
export class NodeProcess {
  private readonly child: ChildProcess;
  /** Its exit status, once it has ended: null where it did not end by itself. */
  readonly ended: Promise<number | null>;
  private readonly leadsGroup: boolean;
  private output = '';

  /** With `cwd`, a copy of the project in that folder runs, and stops with all that it started. */
  constructor(
    private readonly script: string,
    settings: Settings,
    { args = [], cwd }: { args?: string[]; cwd?: string } = {},
  ) {
    this.leadsGroup = cwd !== undefined;
    this.child = spawn(process.execPath, [script, ...args], {
      cwd: cwd ?? ROOT,
      env: cleanEnvironment(settings),
      detached: cwd !== undefined,
    });
    this.child.stdout?.on('data', (chunk: Buffer) => this.hear(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => this.hear(chunk));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** Waits until these words were printed; gives all that was printed by then. */
  async says(words: RegExp, withinMs = LONGEST_START_MS): Promise<string> {
    await eventually(
      `${words} from ${this.script}`,
      () => {
        if (this.child.exitCode !== null) throw new Error(`${this.script} ended before ${words}:\n${this.output}`);
        return words.test(this.output);
      },
      withinMs,
    );
    return this.output;
  }

  /** Whether these words were printed so far. */
  hasSaid(words: string): boolean {
    return this.output.includes(words);
  }

  /** All that was printed so far. */
  get said(): string {
    return this.output;
  }

  /** Ends the process. Gives its exit status: null where it did not end by itself. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.leadsGroup && this.child.exitCode === null) process.kill(-(this.child.pid ?? 0), signal);
    else this.child.kill(signal);
    return this.ended;
  }

  private hear(chunk: Buffer): void {
    this.output += chunk.toString();
    if (process.env.TEST_LOG) process.stderr.write(chunk);
  }
}

/** Runs a program to its end; gives what it printed on standard output. */
export async function outputOf(script: string, args: string[], settings: Settings): Promise<string> {
  const options = { cwd: ROOT, env: cleanEnvironment(settings) };
  return (await promisify(execFile)(process.execPath, [script, ...args], options)).stdout;
}

/** A blank setting counts as none, and wins over the one in a developer's own `.env`: no test ever reaches Stripe. */
function cleanEnvironment(settings: Settings): NodeJS.ProcessEnv {
  const { PATH, HOME, SystemRoot, TEMP } = process.env;
  const names = [...Object.keys(known), 'STRIPE_LOCAL_TEST_WEBHOOK_SECRET'];
  const blank = Object.fromEntries(names.map((name) => [name, '']));
  return { PATH, HOME, SystemRoot, TEMP, NO_COLOR: '1', ...blank, ...settings };
}
