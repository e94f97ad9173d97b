import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { changedKeys } from '../../payments/store/payment-store.service.js';
import { firstRow, type SubscriptionUpdate, type WholeSubscription, withUpdate } from './subscription-row.js';
import { Subscription, SubscriptionHistory, SubscriptionItem } from './subscription.entity.js';
import { Clock } from '../../time/clock.js';

/** A subscription before and after. `before` is undefined for a new one. */
export interface UpdatedSubscription extends FactSource {
  before: WholeSubscription | undefined;
  after: WholeSubscription;
}

/**
 * Called in the transaction in which a subscription changed in any way. Where it throws, nothing is stored. It may change the same
 * subscription again by `add`: all listeners are called for that change first, and then the rest of them for this one, with `after`
 * as it is by then.
 */
export type SubscriptionListener = (tx: EntityManager, updated: UpdatedSubscription) => Promise<void>;

const subscriptions = new Table(Subscription);
const items = new Table(SubscriptionItem);
const history = new Table(SubscriptionHistory);

/** The one place that writes subscriptions: facts are added, snapshots replaced, the status derived, the history kept. */
@Injectable()
export class SubscriptionStore {
  private readonly listeners: SubscriptionListener[] = [];
  /** Subscriptions as their last change in a transaction left them, by id. */
  private readonly latest = new WeakMap<EntityManager, Map<string, WholeSubscription>>();

  constructor(private readonly clock: Clock) {}

  /** Adds a listener. Call it in a constructor. */
  onChange(listener: SubscriptionListener): void {
    this.listeners.push(listener);
  }

  /** The subscription as it is stored. */
  async find(tx: EntityManager, id: string): Promise<WholeSubscription | undefined> {
    const row = await subscriptions.findOne(tx, { id });
    return row && { ...row, items: await itemsOf(tx, id) };
  }

  /**
   * The same, locked for this transaction, and before it what belongs to its customer, as for its events. For a transaction that
   * holds no other locks yet.
   */
  async lock(tx: EntityManager, id: string): Promise<WholeSubscription | undefined> {
    const row = await subscriptions.findOne(tx, { id });
    if (row) await lockKeys(tx, [row.stripeCustomerId]);
    return this.findToChange(tx, id);
  }

  /** The same, locked for this transaction, whose customer is locked already. */
  async findToChange(tx: EntityManager, id: string): Promise<WholeSubscription | undefined> {
    const [row] = await subscriptions.findToChange(tx, { id });
    return row && { ...row, items: await itemsOf(tx, id) };
  }

  /**
   * Adds facts, and replaces the snapshot where a later one is given. Where the subscription is not known yet, it is inserted, for
   * which the snapshot is needed; without one nothing is done.
   */
  async add(tx: EntityManager, update: SubscriptionUpdate): Promise<WholeSubscription | undefined> {
    const { id, cause, at, actor } = update;
    const before = await this.findToChange(tx, id);
    const row = before ?? firstRow(update, this.clock.now());
    if (!row) return undefined;
    const after = withUpdate(row, update, before === undefined);
    const { items: newItems, ...columns } = after;
    if (!before) await subscriptions.insert(tx, columns);
    else {
      const changed = changedKeys<Subscription>(before, columns).filter((key) => key in columns);
      if (changed.length > 0) await subscriptions.updateAll(tx, [columns], 'id', changed);
    }
    if (!before || newItems !== before.items) await replaceItems(tx, id, newItems);
    if (before?.status !== after.status)
      await this.addToHistory(tx, { id, from: before?.status ?? null, to: after.status }, update);
    const latest = this.latestIn(tx).set(id, after);
    for (const listener of this.listeners)
      await listener(tx, { before, after: latest.get(id) ?? after, cause, at, actor });
    return latest.get(id);
  }

  private latestIn(tx: EntityManager): Map<string, WholeSubscription> {
    const known = this.latest.get(tx) ?? new Map<string, WholeSubscription>();
    this.latest.set(tx, known);
    return known;
  }

  private async addToHistory(
    tx: EntityManager,
    { id, from, to }: { id: string } & Pick<SubscriptionHistory, 'from' | 'to'>,
    source: FactSource,
  ): Promise<void> {
    const { cause, at, actor = null } = source;
    const seq = (await history.find(tx, { subscriptionId: id })).length + 1;
    await history.insert(tx, { subscriptionId: id, seq, from, to, cause, at, actor, learnedAt: this.clock.now() });
  }
}

async function itemsOf(tx: EntityManager, subscriptionId: string): Promise<SubscriptionItem[]> {
  return (await items.find(tx, { subscriptionId })).toSorted((a, b) => a.position - b.position);
}

async function replaceItems(
  tx: EntityManager,
  subscriptionId: string,
  rows: readonly SubscriptionItem[],
): Promise<void> {
  await tx.query('DELETE FROM subscription_items WHERE subscription_id = $1', [subscriptionId]);
  for (const row of rows) await items.insert(tx, row);
}
