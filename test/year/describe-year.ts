import { SeededRandom } from '../support/seeded-random.js';
import { auditMoney, auditRecorded, auditRows } from './audit.js';
import { FEATURES } from './catalog.js';
import type { WatchedEvent } from './event-watch.js';
import { ShopOfTheYear, type ShopOfTheYearOptions } from './shop-of-the-year.js';
import { Year } from './year.js';

/** `npm run test:year` sets them; `npm test` has a few weeks of a few owners on each engine. */
const { YEAR_OWNERS: OWNERS, YEAR_WEEKS: WEEKS, YEAR_INSTANCES: INSTANCES } = process.env;
const { YEAR_DATABASE: DATABASE, YEAR_KILLS: KILLS } = process.env;
const OWNER_COUNT = Number(OWNERS || 8);
const IS_LONG = OWNER_COUNT > 20;

interface Reconciled {
  checked: number;
  remaining: number;
  differences: { id: string; kind: string; cause?: string }[];
}

export interface YearOfTests {
  database: ShopOfTheYearOptions['database'];
  instances: number;
  /** How long it is in `npm test`, weeks. */
  weeks: number;
}

/** The tests of a year on one engine. They are left out where the run is for the other one. */
export function describeYear({ database, instances: usual, weeks: few }: YearOfTests): void {
  const instances = database === 'postgres' ? Number(INSTANCES || usual) : usual;
  const isAsked = !DATABASE || DATABASE === database;
  const title = `a shop on ${database}, in ${instances} processes that are killed at random`;
  (isAsked ? describe : describe.skip)(title, () => {
    const { seed } = SeededRandom.announced(`the year on ${database}`);
    const weeks = Number(WEEKS || few);
    let shop: ShopOfTheYear;
    let year: Year;
    let ms = 0;
    beforeAll(async () => {
      shop = await ShopOfTheYear.open({ database, instances });
      year = new Year(shop, {
        owners: OWNER_COUNT,
        weeks,
        seed,
        busyPercent: IS_LONG ? 3 : 15,
        kills: Number(KILLS || (IS_LONG ? 8 : 2)),
      });
      const began = performance.now();
      await year.run();
      ms = performance.now() - began;
    });
    afterAll(async () => {
      if (ms > 0) report();
      await shop?.close();
    });
    const figures = {};

    it('gives access as the model says, at each moment', () => {
      expect(year.checks.flaws).toEqual([]);
      expect(year.checks.granted).toBeGreaterThan(OWNER_COUNT);
    });

    it('stores every event that was not lost on purpose, and handles it', async () => {
      const { lost, given_up: givenUp } = await year.deliveries();
      expect(year.watch.pending.length).toBeLessThanOrEqual(givenUp);
      expect(year.watch.lost).toHaveLength(lost);
      expect(
        await shop.database.rows("SELECT id, type FROM webhook_events WHERE status IN ('pending', 'dead')"),
      ).toEqual([]);
    });

    it('runs the handler of each grant and revocation once, and for those that happened', async () => {
      expect(await auditRecorded(shop)).toEqual([]);
      expect(await unlikelyChanges()).toEqual([]);
    });

    it('has the rows that Stripe has, but for what was lost; reconcile finds just that and repairs it', async () => {
      expect(year.flaws).toEqual([]);
      const lost = relatedTo([...year.watch.lost, ...year.watch.pending]);
      const flaws = await auditRows(shop);
      expect(flaws.filter(({ id }) => !lost.has(id))).toEqual([]);
      const found = await shop.reconcile<Reconciled>();
      expect(found.differences.filter(({ id }) => !lost.has(id))).toEqual([]);
      const repaired = await shop.reconcile<Reconciled>('--repair');
      expect(repaired).toMatchObject({ remaining: 0 });
      expect(await shop.reconcile<Reconciled>()).toMatchObject({ differences: [], remaining: 0 });
      expect(await auditRows(shop)).toEqual([]);
      const { here, atStripe, balance } = await auditMoney(shop);
      expect(here).toEqual(atStripe);
      expect(balance[0]).toBe(balance[1]);
      const reconciled = { checked: found.checked, repaired: found.differences.length, flawsOfLost: flaws.length };
      Object.assign(figures, reconciled);
    });

    /** Owners' features that were granted and revoked more often than it can have happened, or less often than was seen. */
    async function unlikelyChanges(): Promise<string[]> {
      const end = (await shop.now()) / 1_000;
      const rows = await shop.database.rows<{ owner_id: string; feature: string; seq: number }>(
        'SELECT owner_id, feature, max(seq) AS seq FROM recorded GROUP BY owner_id, feature',
      );
      const customersOfLost = new Set(year.watch.lost.map(({ customer }) => customer));
      const granted = await shop.database.rows<{ owner_id: string; feature: string }>(
        'SELECT * FROM entitlement_changes ORDER BY seq',
      );
      return year.owners.flatMap(({ email }) => {
        const customer = year.watch.customerOfEmail(email);
        if (!customer || customersOfLost.has(customer)) return [];
        return FEATURES.flatMap((feature) => {
          const changes = Number(rows.find((row) => row.owner_id === email && row.feature === feature)?.seq ?? 0);
          const least = year.checks.seenChanges(email, feature);
          const most = year.checks.model.changes(year.watch.history.of(customer), feature, end);
          if (changes >= least && changes <= most) return [];
          const changed = granted.filter((row) => row.owner_id === email && row.feature === feature);
          const details = `${JSON.stringify(changed)} of ${year.watch.history.describe(customer)}`;
          return [`${email} ${feature}: ${changes} changes, between ${least} and ${most} happened: ${details}`];
        });
      });
    }

    function report(): void {
      const { watch, checks, seconds, killed: kills, stops } = year;
      const summary = {
        seed,
        owners: OWNER_COUNT,
        weeks,
        instances,
        seconds: Math.round(ms / 1_000),
        events: watch.events.size,
        lost: watch.lost.length,
        kills,
        stops,
        accessChecks: checks.checked,
        withAccess: checks.granted,
        ...figures,
        took: Object.fromEntries([...seconds].map(([what, value]) => [what, Math.round(value)])),
      };
      process.stderr.write(`a year on ${database}: ${JSON.stringify(summary)}\n`);
      if (IS_LONG) process.stderr.write(`${JSON.stringify(Object.fromEntries([...year.done].toSorted()))}\n`);
    }

    /** The ids of what these events are about, and of what hangs on it. */
    function relatedTo(events: readonly WatchedEvent[]): Set<string> {
      return new Set(events.flatMap(({ object: { id } }) => (id ? [...year.watch.history.relatedTo(id)] : [])));
    }
  });
}
