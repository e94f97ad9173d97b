import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../support/eventually.js';
import { WebhookSender } from '../../support/webhook-sender.js';
import { Child } from './child.js';
import { type AppDatabase, DatabaseFile } from './app-database.js';
import { EventRows } from './event-rows.js';
import { portForRestarts } from '../../support/free-port-for-restarts.js';
import { refusesConnections } from './refuses-connections.js';

type Settings = Record<string, string>;

const FOLDERS = join(tmpdir(), 'nsb-faults-');
const APP = join(import.meta.dirname, '..', 'app.mjs');
const CLI = join(import.meta.dirname, '..', 'cli.mjs');
/** The tests are one customer who is in a hurry. */
const MANY = '100000';
const SECRET = 'whsec_faults';
const LONGEST_START_MS = 55_000;
const LONGEST_ANSWER_MS = 5_000;

/** What the handlers in `handlers.mjs` are told. */
export interface HandlerSwitches {
  /** Fragile throws. */
  broken?: boolean;
  /** Slow goes on. */
  letGo?: boolean;
  /** The step at which the process ends itself: see `crash-points.mjs`. */
  dieAt?: string;
}

/** The built app in a process of its own, on a folder that outlives the process. It ends when the test's process does. */
export class AppProcess<D extends AppDatabase = DatabaseFile> {
  readonly url: string;
  readonly events: EventRows;
  readonly sender: WebhookSender;
  /** A command that runs the process, with its own words first. */
  through: string[] = [];
  private readonly settings: Settings;
  /** The one now running, or the last one. */
  private running: Child | undefined;

  private constructor(
    readonly folder: string,
    readonly database: D,
    port: number,
  ) {
    this.events = new EventRows(database);
    this.url = `http://localhost:${port}`;
    this.sender = new WebhookSender(this.url, SECRET);
    this.settings = {
      NODE_ENV: 'test',
      PORT: `${port}`,
      DOMAIN_URL: this.url,
      DATABASE_URL: database.url,
      STRIPE_SECRET_KEY: 'sk_test_x',
      STRIPE_API_BASE: 'http://localhost:1',
      STRIPE_WEBHOOK_SECRET: SECRET,
      CHECKOUTS_PER_MINUTE: MANY,
      REFUNDS_PER_MINUTE: MANY,
    };
  }

  /** An app that is not started yet. Stripe cannot be reached, unless the settings of a start say where it is. */
  static async create(): Promise<AppProcess> {
    const folder = mkdtempSync(FOLDERS);
    const app = new AppProcess(folder, new DatabaseFile(join(folder, 'shop.db')), await portForRestarts());
    await app.events.createEffects();
    return app;
  }

  /** One of several instances, on a database that they share and that is made ready for them. */
  static async on<D extends AppDatabase>(database: D): Promise<AppProcess<D>> {
    return new AppProcess(mkdtempSync(FOLDERS), database, await portForRestarts());
  }

  /** Starts the process and waits until it serves. The settings hold for later starts too. */
  async start(settings: Settings = {}, orders: HandlerSwitches = {}): Promise<void> {
    Object.assign(this.settings, settings);
    this.launch(orders);
    await eventually('the app serves', () => this.answers('/health/ready'), LONGEST_START_MS);
  }

  /** Starts the process and waits for nothing. */
  launch(orders: HandlerSwitches = {}): void {
    const command = [...this.through, process.execPath, APP];
    this.running = new Child(command, this.folder, { ...this.environment(), ORDERS: JSON.stringify(orders) });
  }

  get pid(): number {
    return this.child.pid;
  }

  tell(orders: HandlerSwitches): void {
    this.child.tell(orders);
  }

  /** Waits until the process says so: `began evt_…` when Slow does, `stopping` on SIGTERM. */
  hasSaid(words: string): Promise<void> {
    return this.child.hasSaid(words);
  }

  /** Gives the exit status: null after a SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    return this.child.end(signal);
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
    await eventually('the app takes no connections', () => refusesConnections(Number(this.settings.PORT)));
  }

  /** What a command prints with `--json`. */
  async cli<T>(...words: string[]): Promise<T> {
    const options = { cwd: this.folder, env: this.environment(), timeout: LONGEST_START_MS };
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...words, '--json'], options);
    return JSON.parse(stdout) as T;
  }

  /** Ends the process, however it is doing, and deletes its data. */
  async remove(): Promise<void> {
    await this.running?.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get child(): Child {
    if (!this.running) throw new Error('The app was not started');
    return this.running;
  }

  private environment(): NodeJS.ProcessEnv {
    const { PATH, HOME, SystemRoot, TEMP } = process.env;
    return { PATH, HOME, SystemRoot, TEMP, NO_COLOR: '1', ...this.settings };
  }
}
