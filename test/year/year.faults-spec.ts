import { SeededRandom } from '../support/seeded-random.js';
import { auditMoney, auditRecorded, auditRows } from './audit.js';
import { FEATURES } from './catalog.js';
import type { WatchedEvent } from './event-watch.js';
import { ShopOfTheYear } from './shop-of-the-year.js';
import { Year } from './year.js';

/** `npm run test:year` sets them; `npm test` has a few weeks of a few owners on each engine. */
const { OWNERS = '8', WEEKS = '14', INSTANCES, DATABASE, KILLS, BUSY } = process.env;
const OWNER_COUNT = Number(OWNERS);
const IS_LONG = OWNER_COUNT > 20;

const SHOPS = [
  { database: 'sqlite', instances: 1 },
  { database: 'postgres', instances: Number(INSTANCES ?? 2) },
] as const;
const shops = SHOPS.filter(
  ({ database }) => database === DATABASE || (!DATABASE && (database === 'sqlite' || process.env.POSTGRES_SERVER)),
);

interface Reconciled {
  checked: number;
  remaining: number;
  differences: { id: string; kind: string; cause?: string }[];
}

import.meta.jest.setTimeout(3_600_000);

describe.each(shops)(
  'some weeks of a shop on $database, in $instances processes that are killed at random',
  (engine) => {
    const { seed } = SeededRandom.announced(`the year on ${engine.database}`);
    let shop: ShopOfTheYear;
    let year: Year;
    let ms = 0;
    beforeAll(async () => {
      shop = await ShopOfTheYear.open(engine);
      year = new Year(shop, {
        owners: OWNER_COUNT,
        weeks: Number(WEEKS),
        seed,
        busyPercent: Number(BUSY ?? (IS_LONG ? 3 : 15)),
        kills: Number(KILLS ?? (IS_LONG ? 8 : 2)),
      });
      const began = performance.now();
      await year.run();
      ms = performance.now() - began;
    });
    afterAll(() => shop?.close());

    it('gives access as the model says, at each moment', () => {
      expect(year.checks.flaws).toEqual([]);
      expect(year.checks.granted).toBeGreaterThan(OWNER_COUNT);
    });

    it('stores every event that was not lost on purpose, and handles it', async () => {
      const { lost, given_up: givenUp } = await year.deliveries();
      expect(year.watch.pending).toHaveLength(givenUp);
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
      tell(found, flaws.length);
    });

    /** Owners' features that were granted and revoked more often than it can have happened, or less often than was seen. */
    async function unlikelyChanges(): Promise<string[]> {
      const end = (await shop.now()) / 1_000;
      const rows = await shop.database.rows<{ owner_id: string; feature: string; seq: number }>(
        'SELECT owner_id, feature, max(seq) AS seq FROM recorded GROUP BY owner_id, feature',
      );
      const customersOfLost = new Set(year.watch.lost.map(({ customer }) => customer));
      return year.owners.flatMap(({ email }) => {
        const customer = year.watch.customerOfEmail(email);
        if (!customer || customersOfLost.has(customer)) return [];
        return FEATURES.flatMap((feature) => {
          const changes = Number(rows.find((row) => row.owner_id === email && row.feature === feature)?.seq ?? 0);
          const least = year.checks.seenChanges(email, feature);
          const most = year.checks.model.changes(year.watch.history.of(customer), feature, end);
          if (changes >= least && changes <= most) return [];
          return [`${email} ${feature}: ${changes} changes, between ${least} and ${most} happened`];
        });
      });
    }

    function tell({ checked, differences }: Reconciled, flaws: number): void {
      const figures = {
        seed,
        owners: OWNER_COUNT,
        weeks: Number(WEEKS),
        instances: engine.instances,
        seconds: Math.round(ms / 1_000),
        events: year.watch.events.size,
        lost: year.watch.lost.length,
        kills: year.killed,
        stops: year.stops,
        accessChecks: year.checks.checked,
        withAccess: year.checks.granted,
        objectsReconciled: checked,
        differencesOfLost: differences.length,
        flawsOfLost: flaws,
        ...Object.fromEntries([...year.seconds].map(([what, value]) => [what, Math.round(value)])),
      };
      process.stderr.write(`a year on ${engine.database}: ${JSON.stringify(figures)}\n`);
      if (IS_LONG || process.env.TEST_LOG)
        process.stderr.write(`${JSON.stringify(Object.fromEntries([...year.done].toSorted()), null, 1)}\n`);
    }

    /** The ids of what these events are about, and of what hangs on it. */
    function relatedTo(events: readonly WatchedEvent[]): Set<string> {
      return new Set(events.flatMap(({ object }) => [object.id, ...year.watch.history.relatedTo(object.id)]));
    }
  },
);
