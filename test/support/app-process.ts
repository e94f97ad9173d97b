import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { WebhookSender } from './webhook-sender.js';
import { type AppDatabase, DatabaseFile } from '../faults/support/app-database.js';
import { EventRows } from '../faults/support/event-rows.js';
import { type CliAnswer, runCli } from './cli.js';
import { cleanEnvironment, NodeProcess, type Settings } from './node-process.js';
import { freePort, refusesConnections } from './ports.js';

const FOLDERS = join(tmpdir(), 'nsb-faults-');
const APP = join(import.meta.dirname, '../faults/app.mjs');
/** The command line must know who takes what, as the app does. */
const HANDLERS = join(import.meta.dirname, '../faults/handlers.mjs');
/** More than the tests need: they act as one customer without pauses. */
const MANY = '100000';
const SECRET = 'whsec_faults';
const LONGEST_START_MS = 55_000;
const LONGEST_ANSWER_MS = 5_000;
/** An app that starts is asked for two seconds: each question takes computing time from it. */
const ASK_EVERY_MS = 50;

/** What the handlers in `handlers.mjs` do. */
export interface HandlerSwitches {
  /** Fragile throws. */
  broken?: boolean;
  /** Slow stops waiting; false: it waits again from now on. */
  release?: boolean;
}

/**
 * The built app in a process of its own, with the handlers of `test/faults/handlers.mjs`, on a folder that outlives the process. It
 * ends when the test's process does. See `useAppProcess`.
 */
export class AppProcess<D extends AppDatabase = DatabaseFile> {
  folder = '';
  url = '';
  database!: D;
  events!: EventRows;
  sender!: WebhookSender;
  /** A command that runs the process, with its own arguments first. */
  through: string[] = [];
  /** What the process runs, and what its command line runs first. */
  scripts = { app: APP, beforeCommands: HANDLERS };
  private settings: Settings = {};
  private port = 0;
  /** The one now running, or the last one. */
  private running: NodeProcess | undefined;

  /** An app that is not started yet, on a database that several share and that is made ready for them. */
  static async on<D extends AppDatabase>(database: D): Promise<AppProcess<D>> {
    const app = new AppProcess<D>();
    await app.prepare(() => database);
    return app;
  }

  /** A new folder and a new port. Stripe cannot be reached, unless the settings of a start say where it is. */
  async prepare(databaseIn: (folder: string) => D): Promise<void> {
    this.folder = mkdtempSync(FOLDERS);
    this.port = await freePort();
    this.database = databaseIn(this.folder);
    this.events = new EventRows(this.database);
    this.url = `http://localhost:${this.port}`;
    this.sender = new WebhookSender(this.url, SECRET);
    this.through = [];
    this.settings = {
      NODE_ENV: 'test',
      PORT: `${this.port}`,
      DOMAIN_URL: this.url,
      DATABASE_URL: this.database.url,
      STRIPE_SECRET_KEY: 'sk_test_x',
      STRIPE_API_BASE: 'http://localhost:1',
      STRIPE_WEBHOOK_SECRET: SECRET,
      CHECKOUTS_PER_MINUTE: MANY,
      REFUNDS_PER_MINUTE: MANY,
    };
  }

  /** Starts the process and waits until it serves. The settings hold for later starts too. */
  async start(settings: Settings = {}, switches: HandlerSwitches = {}): Promise<void> {
    Object.assign(this.settings, settings);
    this.launch(switches);
    await eventually('the app serves', () => this.answers('/health/ready'), LONGEST_START_MS, ASK_EVERY_MS);
  }

  /** Starts the process and waits for nothing. */
  launch(switches: HandlerSwitches = {}): void {
    const settings = { ...this.settings, SWITCHES: JSON.stringify(switches) };
    this.running = new NodeProcess(this.scripts.app, settings, { cwd: this.folder, through: this.through, ipc: true });
  }

  get isRunning(): boolean {
    return this.running?.hasEnded === false;
  }

  get pid(): number {
    return this.child.pid;
  }

  setSwitches(switches: HandlerSwitches): void {
    this.child.send(switches);
  }

  /** From now on the process ends itself at this step: see `crash-points.mjs`. */
  async killAt(step: string): Promise<void> {
    this.child.send({ killAt: step });
    await this.child.hasReported(`ends at: ${step}`);
  }

  /** Waits until the process has sent this: `began evt_…` when Slow begins, `stopping` on SIGTERM. */
  hasReported(message: string): Promise<void> {
    return this.child.hasReported(message);
  }

  /** Gives the exit status: null after a SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    return this.child.stop(signal);
  }

  /** Waits until the process has ended by itself. */
  async hasEnded(): Promise<void> {
    await eventually('the app ends', () => this.child.hasEnded, LONGEST_START_MS);
  }

  /** Stops the process in its tracks, as an overloaded machine does, until it is thawed. */
  freeze(): void {
    this.child.signal('SIGSTOP');
  }

  thaw(): void {
    this.child.signal('SIGCONT');
  }

  async answers(path: string): Promise<boolean> {
    if (this.child.hasEnded) throw new Error(`The app has ended:\n${this.child.output}`);
    return fetch(this.url + path, { signal: AbortSignal.timeout(LONGEST_ANSWER_MS) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Waits until the process takes no new connections. */
  async refusesConnections(): Promise<void> {
    await eventually('the app takes no connections', () => refusesConnections(this.port));
  }

  /** What a command prints with `--json`. */
  async cli<T>(...words: string[]): Promise<T> {
    const { status, out, err } = await this.run(words);
    if (status) throw new Error(`${words.join(' ')} ended with ${status}:\n${err}`);
    return JSON.parse(out) as T;
  }

  /** What `reconcile` prints, which ends with 1 where a difference remains. */
  async reconcile<T>(...options: string[]): Promise<T> {
    const { out, err } = await this.run(['reconcile', ...options]);
    if (!out) throw new Error(`reconcile has failed:\n${err}`);
    return JSON.parse(out) as T;
  }

  private run(words: string[]): Promise<CliAnswer> {
    return runCli(cleanEnvironment(this.settings), [...words, '--json'], this.scripts.beforeCommands);
  }

  /** Ends the process, however it is doing, and deletes its data. */
  async remove(): Promise<void> {
    await this.running?.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get child(): NodeProcess {
    if (!this.running) throw new Error('The app was not started');
    return this.running;
  }
}

/**
 * An app on a SQLite file for the tests of a file, or for each test. `start`: what brings it up; it is not started by itself.
 * Afterwards it is ended, however it is doing, and its data are deleted.
 */
export function useAppProcess(
  start: (app: AppProcess) => Promise<void> = async () => undefined,
  { forEachTest = false } = {},
): AppProcess {
  const app = new AppProcess();
  const [before, after] = forEachTest ? [beforeEach, afterEach] : [beforeAll, afterAll];
  before(async () => {
    await app.prepare((folder) => new DatabaseFile(join(folder, 'shop.db')));
    await app.events.createEffects();
    await start(app);
  });
  after(() => app.remove());
  return app;
}
