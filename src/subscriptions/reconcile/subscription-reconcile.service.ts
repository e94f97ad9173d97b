import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { FieldDifference } from '../../payments/reconcile/check.js';
import type { ReconcileOptions } from '../../payments/reconcile/reconcile.service.js';
import { Clock } from '../../time/clock.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { type ReadKind, StripeRead } from '../reads/stripe-read.entity.js';
import { InvoiceCheck } from './invoice-check.service.js';
import type { SnapshotCheck } from './snapshot-check.js';
import { SubscriptionCheck } from './subscription-check.service.js';

/** An object at Stripe that differs from its row. */
export interface SnapshotDifference {
  kind: ReadKind;
  /** Stripe's id. */
  id: string;
  /** None: it is not a payment's. */
  paymentId: null;
  /** Its status at Stripe. */
  says: string;
  /** Empty where the object is missing here. */
  fields: readonly FieldDifference[];
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
}

/** Compares Stripe's subscriptions with the rows here, in case events were lost. Safe to repeat, also beside the running app. */
@Injectable()
export class SubscriptionReconcile {
  private readonly checks: SnapshotCheck<{ id: string }>[];

  constructor(
    private readonly reader: SnapshotReader,
    private readonly clock: Clock,
    @InjectRepository(StripeRead) private readonly reads: Repository<StripeRead>,
    subscriptions: SubscriptionCheck,
    invoices: InvoiceCheck,
  ) {
    this.checks = [subscriptions as SnapshotCheck<{ id: string }>, invoices as SnapshotCheck<{ id: string }>];
  }

  async run(options: ReconcileOptions): Promise<SnapshotsReconciled> {
    const results: SnapshotsReconciled[] = [];
    for (const check of this.checks) results.push(await this.check(check, options));
    return {
      checked: results.reduce((sum, { checked }) => sum + checked, 0),
      differences: results.flatMap(({ differences }) => differences),
      remaining: results.reduce((sum, { remaining }) => sum + remaining, 0),
    };
  }

  private async check<T extends { id: string }>(
    check: SnapshotCheck<T>,
    { since, repair, progress }: ReconcileOptions,
  ): Promise<SnapshotsReconciled> {
    const seen = new Set<string>();
    const differences: SnapshotDifference[] = [];
    const look = async (object: T) => {
      seen.add(object.id);
      const found = await check.compare(object);
      if (found === undefined || found.length === 0) return;
      const fields = found === 'missing' ? [] : found;
      const difference = { kind: check.kind, id: object.id, paymentId: null, says: check.says(object), fields };
      const cause = await this.causeOf(check.kind, object.id, found === 'missing');
      differences.push({ ...difference, cause, repaired: repair && (await this.repair(check, object.id)) });
    };
    for await (const page of check.pages(since)) {
      for (const object of page) await look(object);
      progress(`${check.name}: ${seen.size} read, ${differences.length} differ`);
    }
    for (const id of await check.openIds()) {
      if (seen.has(id)) continue;
      const object = await check.read(id);
      if (object) await look(object);
    }
    const remaining = differences.filter(({ repaired }) => !repaired).length;
    return { checked: seen.size, differences, remaining };
  }

  /** Reads the object again. Gives whether it equals its row then. */
  private async repair<T extends { id: string }>(check: SnapshotCheck<T>, id: string): Promise<boolean> {
    const heard = { kind: check.kind, id, cause: 'reconcile', at: this.clock.now(), actor: 'command line' };
    await this.reader.readNow(heard);
    const object = await check.read(id);
    const left = object && (await check.compare(object));
    return left === undefined || left.length === 0;
  }

  private async causeOf(kind: ReadKind, id: string, isMissing: boolean): Promise<string> {
    const read = await this.reads.findOneBy({ kind, id });
    if (read?.lastError) return `its last read could not be stored: ${read.lastError}`;
    if (read && read.wanted > read.applied) return 'its last change was heard of, and is being read';
    return isMissing ? 'no event of it has come in' : 'the event of its last change has not come in';
  }
}
