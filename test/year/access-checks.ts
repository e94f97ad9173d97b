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

/** Flaws that are reported with all that Stripe's history has of them. */
const DETAILED = 3;
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

  /**
   * Compares all features of all owners of whom nothing is on its way, by the rows; and these by the app's own service.
   * @param asked owners and features
   */
  async look(owners: readonly Owner[], asked: readonly (readonly [Owner, string])[]): Promise<void> {
    const unsettled = await this.watch.unsettled();
    const rows = await this.shop.database.rows<EntitlementRow>('SELECT * FROM entitlements');
    const nowMs = await this.shop.now();
    const answers = await Promise.all(asked.map(([owner, feature]) => this.ask(owner, feature)));
    if ((await this.watch.update()) > 0) return; // something happened meanwhile
    const known = new Map(rows.map((row) => [`${row.owner_id} ${row.feature}`, row]));
    for (const { email } of owners) {
      const customer = this.watch.customerOfEmail(email);
      if (!customer || unsettled.has(customer)) continue;
      for (const feature of FEATURES) {
        const row = known.get(`${email} ${feature}`);
        this.compare({ email, customer, feature, row, nowMs });
      }
    }
    for (const [nth, [{ email }, feature]] of asked.entries()) {
      const has = answers[nth];
      const customer = this.watch.customerOfEmail(email);
      if (has === undefined || !customer || unsettled.has(customer)) continue;
      this.checked++;
      const possible = this.possible(customer, feature, nowMs);
      if (!possible.has(undefined) && !possible.has(has))
        this.flaws.push(`has(${email}, ${feature}) is ${has} at ${timeOf(nowMs / 1_000)}`);
    }
  }

  /** What the app's own service says; undefined where the app is away. */
  private async ask({ email }: Owner, feature: string): Promise<boolean | undefined> {
    const path = `/year/access?owner=${encodeURIComponent(email)}&feature=${feature}`;
    const answer = await this.shop
      .customer(email)
      .get(path, { accept: 'application/json' })
      .catch(() => undefined);
    return answer?.status === 200 ? (JSON.parse(answer.html) as { has: boolean }).has : undefined;
  }

  /** What the model says at this moment; both where it changes at this very second. */
  private possible(customer: string, feature: string, nowMs: number): Set<boolean | undefined> {
    const subscriptions = this.watch.history.of(customer);
    return new Set([-EDGE_S, EDGE_S].map((edge) => this.model.has(subscriptions, feature, nowMs / 1_000 + edge)));
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
    const possible = this.possible(customer, feature, nowMs);
    const [should] = possible;
    if (possible.size !== 1 || should === undefined) return;
    const has = row?.granted === 1 && (row.until_at === null || Number(row.until_at) > nowMs);
    this.checked++;
    if (has) this.granted++;
    if (has !== should) {
      const states = this.flaws.length < DETAILED ? this.watch.history.describe(customer) : '';
      const until = row?.until_at ? ` until ${timeOf(Number(row.until_at) / 1_000)}` : '';
      this.flaws.push(
        `${email} ${feature} at ${timeOf(nowMs / 1_000)}: ${has} (${row?.reason ?? 'no row'}${until}), not ${should} (${states})`,
      );
    }
    const key = `${email} ${feature}`;
    const known = this.seen.get(key) ?? { has: false, changes: 0 };
    this.seen.set(key, { has, changes: known.changes + (known.has === has ? 0 : 1) });
  }
}

export const timeOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();
