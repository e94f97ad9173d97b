import { AccessModel } from './access-model.js';
import { FEATURES } from './catalog.js';
import type { EventWatch } from './event-watch.js';
import type { Owner } from './owner.js';
import type { ShopOfTheYear } from './shop-of-the-year.js';

interface EntitlementRow {
  owner_id: string;
  feature: string;
  granted: number;
  until_at: number | null;
  reason: string;
}

/** How often an owner's feature was seen to change, at the moments at which all was known. */
interface Seen {
  has: boolean;
  changes: number;
}

/** A change at this very second is not decided yet. */
const EDGE_S = 3;

/** Compares what owners may do with the model, at moments at which the app can know all that Stripe knows of them. */
export class AccessChecks {
  readonly model: AccessModel;
  /** What was wrong, a line each. */
  readonly flaws: string[] = [];
  /** Comparisons that were made, and how many of them were of an owner who had access. */
  checked = 0;
  granted = 0;
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly shop: ShopOfTheYear,
    private readonly watch: EventWatch,
  ) {
    this.model = new AccessModel(watch.history);
  }

  /** Compares all features of all owners of whom nothing is on its way. */
  async look(owners: readonly Owner[]): Promise<void> {
    const unsettled = await this.watch.unsettled();
    const rows = await this.shop.database.rows<EntitlementRow>('SELECT * FROM entitlements');
    const nowMs = await this.shop.now();
    if ((await this.watch.update()) > 0) return; // something happened meanwhile
    for (const { email } of owners) {
      const customer = this.watch.customerOfEmail(email);
      if (!customer || unsettled.has(customer)) continue;
      for (const feature of FEATURES) {
        const row = rows.find((one) => one.owner_id === email && one.feature === feature);
        this.compare({ email, customer, feature, row, nowMs });
      }
    }
  }

  /** The same of one owner by the app's own service. */
  async ask(owner: Owner, feature: string): Promise<void> {
    const customer = this.watch.customerOfEmail(owner.email);
    if (!customer || (await this.watch.unsettled()).has(customer)) return;
    const at = (await this.shop.now()) / 1_000;
    const subscriptions = this.watch.history.of(customer);
    const expected = [-EDGE_S, EDGE_S].map((edge) => this.model.has(subscriptions, feature, at + edge));
    const path = `/year/access?owner=${encodeURIComponent(owner.email)}&feature=${feature}`;
    const answer = await this.shop
      .customer(owner.email)
      .get(path, { accept: 'application/json' })
      .catch(() => undefined);
    if (answer?.status !== 200 || (await this.watch.update()) > 0) return; // the app is away, or something happened meanwhile
    const { has } = JSON.parse(answer.html) as { has: boolean };
    this.checked++;
    if (!expected.includes(has)) this.flaws.push(`has(${owner.email}, ${feature}) is ${has} at ${timeOf(at)}`);
  }

  /** How often the feature was seen to change, at least. */
  seenChanges(email: string, feature: string): number {
    return this.seen.get(`${email} ${feature}`)?.changes ?? 0;
  }

  private compare({
    email,
    customer,
    feature,
    row,
    nowMs,
  }: {
    email: string;
    customer: string;
    feature: string;
    row: EntitlementRow | undefined;
    nowMs: number;
  }): void {
    const subscriptions = this.watch.history.of(customer);
    const [before, after] = [-EDGE_S, EDGE_S].map((edge) =>
      this.model.has(subscriptions, feature, nowMs / 1_000 + edge),
    );
    if (before !== after) return;
    const has = row?.granted === 1 && (row.until_at === null || Number(row.until_at) > nowMs);
    this.checked++;
    if (has) this.granted++;
    if (has !== after) {
      const states = subscriptions.map(({ id, states: all }) => `${id} ${all.at(-1)?.status}`).join(', ');
      const until = row?.until_at ? ` until ${timeOf(Number(row.until_at) / 1_000)}` : '';
      this.flaws.push(
        `${email} ${feature} at ${timeOf(nowMs / 1_000)}: ${has} (${row?.reason ?? 'no row'}${until}), not ${after} (${states})`,
      );
    }
    const key = `${email} ${feature}`;
    const known = this.seen.get(key) ?? { has: false, changes: 0 };
    this.seen.set(key, { has, changes: known.changes + (known.has === has ? 0 : 1) });
  }
}

export const timeOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();
