import { Injectable } from '@nestjs/common';
import { type ReconcileError, ReconcileErrors } from '../../payments/reconcile/check.js';
import type { ReconcileOptions } from '../../payments/reconcile/reconcile.service.js';
import { CustomerCheck } from './customer-check.service.js';
import { InvoiceCheck } from './invoice-check.service.js';
import type { Differing, ReconciledKind, SnapshotCheck } from './snapshot-check.js';
import { SubscriptionCheck } from './subscription-check.service.js';

/** An object at Stripe that differs from its row. */
export interface SnapshotDifference {
  kind: ReconciledKind;
  /** Stripe's id. */
  id: string;
  /** None: it is not a payment's. */
  paymentId: null;
  /** Its status at Stripe; `none` where Stripe has none of this id. */
  says: string;
  /** Empty where the object is missing on one side. */
  fields: Differing['fields'];
  /** Where it does not exist: `here`, or at `stripe`; `null`: it exists on both sides. */
  missing: 'here' | 'stripe' | null;
  /** Why it differs, as far as that can be seen here. */
  cause: string;
  repaired: boolean;
}

export interface SnapshotsReconciled {
  /** How many objects were read from Stripe. */
  checked: number;
  differences: SnapshotDifference[];
  /** How many differences are left. */
  remaining: number;
  /** What could not be compared or repaired. */
  errors: ReconcileError[];
}

type AnyCheck = SnapshotCheck<{ id: string }>;

/** Said of what is missing at Stripe where nothing of this app was found there. It is not repaired then. */
const OTHER_ACCOUNT =
  'none of the objects here was found with this key, so nothing is ended: is it the key of their account?';

/**
 * Compares Stripe's customers, subscriptions and invoices with the rows here, in case events were lost. Safe to repeat, also beside
 * the running app.
 */
@Injectable()
export class SubscriptionReconcile {
  private readonly checks: readonly AnyCheck[];

  constructor(customers: CustomerCheck, subscriptions: SubscriptionCheck, invoices: InvoiceCheck) {
    this.checks = [customers, subscriptions, invoices] as unknown as AnyCheck[];
  }

  /** What fails is in `errors`, and does not end the run. */
  async run(options: ReconcileOptions): Promise<SnapshotsReconciled> {
    const result: SnapshotsReconciled = { checked: 0, differences: [], remaining: 0, errors: [] };
    const known = { atStripe: false };
    for (const check of this.checks) {
      const errors = new ReconcileErrors();
      await errors.attempt(check.name, () => new CheckRun(check, options, { result, errors, known }).run());
      result.errors.push(...errors.list);
    }
    result.remaining = result.differences.filter(({ repaired }) => !repaired).length;
    return result;
  }
}

interface RunContext {
  result: SnapshotsReconciled;
  errors: ReconcileErrors;
  /** Whether anything of ours was found at Stripe: the key is that of the account which the rows are of. */
  known: { atStripe: boolean };
}

/** One run over one kind of object. */
class CheckRun {
  private readonly seen = new Set<string>();
  private differing = 0;

  constructor(
    private readonly check: AnyCheck,
    private readonly options: ReconcileOptions,
    private readonly context: RunContext,
  ) {}

  async run(): Promise<void> {
    const { check, options, context } = this;
    for await (const page of check.pages(options.since)) {
      for (const object of page) await this.attempt(object.id, () => this.look(object));
      if (page.length > 0 || this.seen.size === 0)
        options.progress(`${check.name}: ${this.seen.size} read, ${this.differing} differ`);
      if (context.errors.shouldStop) return;
    }
    for (const id of await check.openIds()) {
      if (context.errors.shouldStop) return;
      if (!this.seen.has(id)) await this.attempt(id, () => this.lookFor(id));
    }
  }

  private attempt(id: string, work: () => Promise<void>): Promise<void> {
    return this.context.errors.attempt(`${this.check.kind} ${id}`, work);
  }

  private async look(object: { id: string }): Promise<void> {
    this.count(object.id);
    const found = await this.check.compare(object);
    if (found) this.context.known.atStripe = true;
    if (!found || found === 'same') return;
    await this.add(object.id, this.check.says(object), found, async () => {
      await this.check.repair(object);
      const now = await this.check.read(object.id);
      return (now ? await this.check.compare(now) : 'same') === 'same';
    });
  }

  /** A row that no list had: Stripe has changed it since, or does not have it. */
  private async lookFor(id: string): Promise<void> {
    const object = await this.check.read(id);
    if (object) return this.look(object);
    this.count(id);
    const found = await this.check.compareMissing(id);
    if (found === 'same') return;
    if (!this.context.known.atStripe)
      return this.add(id, 'none', { ...found, cause: `${found.cause}; ${OTHER_ACCOUNT}` }, async () => false);
    await this.add(id, 'none', found, async () => {
      await this.check.repairMissing(id);
      return (await this.check.compareMissing(id)) === 'same';
    });
  }

  private count(id: string): void {
    this.seen.add(id);
    this.context.result.checked += 1;
  }

  /** @param repair gives whether nothing differs any more */
  private async add(
    id: string,
    says: string,
    { fields, missing, cause }: Differing,
    repair: () => Promise<boolean>,
  ): Promise<void> {
    const { kind } = this.check;
    const difference = { kind, id, paymentId: null, says, fields, missing: missing ?? null, cause, repaired: false };
    this.differing += 1;
    this.context.result.differences.push(difference);
    if (this.options.repair) difference.repaired = await repair();
  }
}
