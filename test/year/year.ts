import { setTimeout as wait } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.js';
import { eventually } from '../support/eventually.js';
import { AccessChecks } from './access-checks.js';
import { auditSubscriptions, type Flaw } from './audit.js';
import { FEATURES } from './catalog.js';
import { EventWatch } from './event-watch.js';
import { Owner } from './owner.js';
import type { ShopOfTheYear } from './shop-of-the-year.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Later than any delivery that is late on purpose. */
const LATE_MS = 48 * HOUR_MS;
/** Stripe gives an event up after three days: an app that is down for longer is another test. */
const LONGEST_DOWN_MS = 36 * HOUR_MS;
/** In the last steps many deliveries are lost, whose objects no later event brings: there is something to repair. */
const LOSSY_STEPS = 2;
/** Owners who do something at the same time. */
const AT_ONCE = 12;
/** The shop is asked for this many owners at each stop; the rows of all are compared besides. */
const ASKED = 6;
/** At each stop of this many, the rows of all subscriptions are compared. */
const STOPS_A_COMPARISON = 5;
/** Where nothing goes on for this time, such as after a crash whose leases must end first, the year goes on. */
const STANDSTILL_MS = 1_000;
/** After a crash leases end, and what failed is tried again: all of it within this time. */
const LONGEST_SETTLING_MS = 180_000;

export interface YearOptions {
  owners: number;
  weeks: number;
  seed: number;
  /** How many of 100 owners do something in a day, about. */
  busyPercent: number;
  /** How often an instance is killed. */
  kills: number;
}

interface DeliveryCounts {
  due: number;
  later: number;
  lost: number;
  given_up: number;
}

/** Some time of a shop, at random, and what is compared on its way. */
export class Year {
  readonly watch: EventWatch;
  readonly checks: AccessChecks;
  readonly owners: Owner[];
  readonly done = new Map<string, number>();
  /** How long each part took, real seconds. */
  readonly seconds = new Map<string, number>();
  /** Rows of subscriptions that were not what Stripe had, at some stop. */
  readonly flaws: Flaw[] = [];
  stops = 0;
  killed = 0;
  private readonly random: SeededRandom;

  constructor(
    private readonly shop: ShopOfTheYear,
    private readonly options: YearOptions,
  ) {
    this.random = new SeededRandom(options.seed);
    this.watch = new EventWatch(shop);
    this.checks = new AccessChecks(shop, this.watch);
    const { owners: count } = options;
    this.owners = Array.from({ length: count }, (_, nth) => new Owner(nth, shop, this.random, this.done));
  }

  async run(): Promise<void> {
    const { weeks, seed, kills } = this.options;
    await this.watch.update();
    await this.shop.misbehave(seed);
    const steps = stepsOf(weeks * 7 * DAY_MS, this.random);
    const fatal = new Set(Array.from({ length: kills }, (_, nth) => Math.floor(((nth + 0.5) * steps.length) / kills)));
    for (const [nth, stepMs] of steps.entries()) {
      const kill = fatal.has(nth);
      if (nth === steps.length - LOSSY_STEPS) this.shop.loseMore(seed);
      await this.timed('acting and moving', () => this.day(kill ? Math.min(stepMs, LONGEST_DOWN_MS) : stepMs, kill));
      await this.timed('waiting', () => this.quiet());
      await this.timed('comparing', () => this.compare());
    }
    await this.timed('ending', () => this.end());
  }

  /** All that was on its way arrives; what was lost stays so. */
  private async end(): Promise<void> {
    this.shop.sandbox.clearFaults();
    await this.shop.sandbox.moveClock(LATE_MS);
    await eventually('all is delivered and handled', () => this.isSettled(), LONGEST_SETTLING_MS, 100);
    await this.compare();
  }

  /** Some owners act, then time passes; at one of the two the app is killed, where it is to be. */
  private async day(stepMs: number, kill: boolean): Promise<void> {
    const chance = (this.options.busyPercent / 100) * (stepMs / DAY_MS);
    const acting = this.owners.filter(() => this.random.chance(chance));
    const killsActing = kill && this.random.chance(0.5);
    const work = async () => {
      for (let owner = acting.shift(); owner; owner = acting.shift()) await owner.act();
    };
    await this.timed('acting', async () => {
      await Promise.all([...Array.from({ length: AT_ONCE }, work), killsActing && this.kill()]);
    });
    await Promise.all([this.shop.sandbox.moveClock(stepMs), kill && !killsActing && this.kill()]);
  }

  private async timed(what: string, work: () => Promise<void>): Promise<void> {
    const began = performance.now();
    await work();
    this.seconds.set(what, (this.seconds.get(what) ?? 0) + (performance.now() - began) / 1_000);
  }

  private async kill(): Promise<void> {
    await this.shop.killOne(this.random);
    this.killed++;
  }

  /** Waits until all is delivered, handled and read, or nothing goes on. */
  private async quiet(): Promise<void> {
    let last = '';
    for (let since = performance.now(); ;) {
      const { due, unhandled, unread } = await this.left();
      if (due + unhandled + unread === 0) return;
      const state = JSON.stringify([due, unhandled, unread]);
      if (state !== last) since = performance.now();
      if (performance.now() - since > STANDSTILL_MS) return;
      last = state;
      await wait(20);
    }
  }

  private async isSettled(): Promise<boolean> {
    const { due, later, unhandled, unread } = await this.left();
    const overdue = 'SELECT count(*) AS count FROM subscriptions WHERE changes_at <= ?';
    const [access] = await this.shop.database.rows<{ count: number }>(overdue, Math.floor(await this.shop.now()));
    return due + later + unhandled + unread + Number(access?.count) === 0;
  }

  private async left() {
    const { due, later } = await this.deliveries();
    const [{ unhandled, unread } = { unhandled: 0, unread: 0 }] = await this.shop.database.rows<{
      unhandled: number;
      unread: number;
    }>(
      `SELECT (SELECT count(*) FROM webhook_events WHERE status = 'pending') AS unhandled,
         (SELECT count(*) FROM stripe_reads WHERE wanted > applied) AS unread`,
    );
    return { due, later, unhandled: Number(unhandled), unread: Number(unread) };
  }

  deliveries(): Promise<DeliveryCounts> {
    return this.shop.control<DeliveryCounts>('webhooks');
  }

  private async compare(): Promise<void> {
    this.stops++;
    await this.watch.update();
    const asked = Array.from(
      { length: ASKED },
      () => [this.random.pick(this.owners), this.random.pick(FEATURES)] as const,
    );
    await this.checks.look(
      this.owners,
      asked.flatMap(([owner, feature]) => (owner && feature ? [[owner, feature] as const] : [])),
    );
    if (this.stops % STOPS_A_COMPARISON === 0) await this.compareRows();
  }

  /** Of owners of whom nothing is on its way, nor was lost. */
  private async compareRows(): Promise<void> {
    const unsettled = await this.watch.unsettled();
    const flaws = await auditSubscriptions(this.shop);
    if ((await this.watch.update()) > 0) return; // something happened meanwhile
    const customerOf = (id: string) => this.watch.history.subscriptions.get(id)?.customer ?? '';
    this.flaws.push(...flaws.filter(({ id }) => !unsettled.has(customerOf(id))));
  }
}

/** Steps of 1 to 6 days, at random moments of the day. */
function stepsOf(wholeMs: number, random: SeededRandom): number[] {
  const steps: number[] = [];
  for (let left = wholeMs; left > 0; left -= steps.at(-1) ?? left)
    steps.push(Math.min(left, DAY_MS + Math.floor(random.next() * 5 * DAY_MS)));
  return steps;
}
