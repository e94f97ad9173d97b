import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningSandbox, startSandbox } from 'local-stripe';
import { type AppDatabase, DatabaseFile } from '../faults/support/app-database.js';
import { PostgresDatabase } from '../faults/support/postgres-database.js';
import { RoundRobin } from '../postgres/support/round-robin.js';
import { askStripe } from '../support/ask-stripe.js';
import { AppProcess } from '../support/app-process.js';
import { Customer } from '../support/customer.js';
import type { SeededRandom } from '../support/seeded-random.js';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';

const SCRIPTS = {
  app: join(import.meta.dirname, 'app.mjs'),
  beforeCommands: join(import.meta.dirname, 'shop.mjs'),
};
const HOUR_MS = 3_600_000;
/** A delivery that failed is made again after this time. */
const RETRY_MS = 500;
const LATE_ANSWER_MS = 150;

export interface ShopOfTheYearOptions {
  database: 'sqlite' | 'postgres';
  /** More than one only on PostgreSQL. */
  instances: number;
}

/** The built app in processes that can be killed, behind a load balancer, and the local Stripe in the test's own process. */
export class ShopOfTheYear {
  private constructor(
    readonly database: AppDatabase,
    readonly sandbox: RunningSandbox,
    private readonly balancer: RoundRobin,
    private readonly instances: AppProcess<AppDatabase>[],
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async open({ database: engine, instances: count }: ShopOfTheYearOptions): Promise<ShopOfTheYear> {
    const folder = mkdtempSync(join(tmpdir(), 'nsb-year-'));
    const postgres =
      engine === 'postgres' ? await PostgresDatabase.createOn(process.env.POSTGRES_SERVER ?? '') : undefined;
    const database = postgres ?? new DatabaseFile(join(folder, 'shop.db'));
    await database.write([
      'CREATE TABLE recorded (owner_id varchar NOT NULL, feature varchar NOT NULL, change varchar NOT NULL, seq integer NOT NULL, at bigint NOT NULL)',
    ]);
    const balancer = await RoundRobin.start();
    const sandbox = await startSandbox({
      port: 0,
      stateFile: join(folder, 'sandbox.db'),
      forwardTo: [`${balancer.url}/webhook`],
      retryDelaysMs: [RETRY_MS],
    });
    const instances: AppProcess<AppDatabase>[] = [];
    for (let nth = 0; nth < count; nth++) {
      const instance = await AppProcess.on<AppDatabase>(database);
      instance.scripts = SCRIPTS;
      instances.push(instance);
    }
    balancer.targets = instances.map(({ url }) => url);
    const shop = new ShopOfTheYear(database, sandbox, balancer, instances, async () => {
      await postgres?.drop();
      rmSync(folder, { recursive: true, force: true });
    });
    try {
      await shop.start();
    } catch (error) {
      await shop.close();
      throw error;
    }
    return shop;
  }

  customer(email: string): Customer {
    return new Customer(this.balancer.url, email);
  }

  /** A call to Stripe, again until it goes through. */
  ask<T extends object>(path: string, body?: Record<string, string>): Promise<T> {
    return askStripe<T>(this.sandbox.url, path, body);
  }

  /** All objects of a list of Stripe's. */
  async all<T extends { id: string }>(path: string): Promise<T[]> {
    const found: T[] = [];
    for (let more = true; more;) {
      const after = found.length > 0 ? `&starting_after=${found.at(-1)?.id}` : '';
      const separator = path.includes('?') ? '&' : '?';
      const page = await this.ask<{ data: T[]; has_more: boolean }>(`${path}${separator}limit=100${after}`);
      found.push(...page.data);
      more = page.has_more;
    }
    return found;
  }

  /** One call to the local Stripe's control API. */
  async control<T>(path: string, body?: object): Promise<T> {
    const posting = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${this.sandbox.url}/_sandbox/${path}`, { ...posting });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Now, by the local Stripe's clock, ms. */
  async now(): Promise<number> {
    const { ahead_ms: aheadMs } = await this.control<{ ahead_ms: number }>('clock');
    return Date.now() + aheadMs;
  }

  /** Lets deliveries and calls go wrong from now on, by the seed. */
  async misbehave(seed: number): Promise<void> {
    const { sandbox } = this;
    const deliveries = [
      { fault: 'lost', chance: 0.005 },
      { fault: 'twice', chance: 0.04 },
      { fault: 'late', chance: 0.02, delayMs: 6 * HOUR_MS },
      { fault: 'late', chance: 0.02, delayMs: 40 * HOUR_MS },
      { fault: 'out_of_order', chance: 0.04, delayMs: HOUR_MS },
    ] as const;
    const calls = [
      { fault: 'server_error', when: 'before', chance: 0.003 },
      { fault: 'server_error', when: 'after', chance: 0.003 },
      { fault: 'reset', when: 'before', chance: 0.002 },
      { fault: 'reset', when: 'after', chance: 0.002 },
      { fault: 'rate_limit', when: 'before', chance: 0.001 },
      { fault: 'slow', when: 'after', only: 'GET /v1/subscriptions/*', chance: 0.03, delayMs: LATE_ANSWER_MS },
    ] as const;
    for (const [nth, fault] of [...deliveries, ...calls].entries()) sandbox.injectFault({ ...fault, seed: seed + nth });
    await this.control('settings', { event_order: 'shuffled', seed });
  }

  /** The next answer to this call comes late. It says what was so before whatever happens meanwhile. */
  answerLate(only: string): void {
    this.sandbox.injectFault({ fault: 'slow', when: 'after', only, times: 1, delayMs: LATE_ANSWER_MS });
  }

  /** Lets a third of the deliveries be lost from now on. */
  loseMore(seed: number): void {
    this.sandbox.injectFault({ fault: 'lost', chance: 0.3, seed });
  }

  /** Ends a random instance at a random moment, and starts it again. */
  async killOne(random: SeededRandom): Promise<void> {
    const instance = random.pick(this.instances);
    await wait(random.between(0, 200));
    await instance?.end('SIGKILL');
    await instance?.start();
  }

  reconcile<T>(...options: string[]): Promise<T> {
    const [first] = this.instances;
    if (!first) throw new Error('There is no instance');
    return first.reconcile<T>('--since', '400d', ...options);
  }

  async close(): Promise<void> {
    for (const instance of this.instances) await instance.remove();
    this.balancer.close();
    await this.sandbox.close();
    await this.cleanUp();
  }

  private async start(): Promise<void> {
    const settings = {
      STRIPE_API_BASE: this.sandbox.url,
      STRIPE_WEBHOOK_SECRET: this.sandbox.webhookSecret,
      DOMAIN_URL: this.balancer.url,
      SESSION_SECRET: 'the same secret in all instances',
    };
    await Promise.all(this.instances.map((instance) => instance.start(settings)));
    const visitor = this.customer('visitor@example.com');
    await eventually('the catalog is at Stripe', async () => (await visitor.get('/')).html.includes('A book'));
  }
}
