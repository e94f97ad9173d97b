import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Owner } from '../../customers/owner.js';
import { Table } from '../../database/table.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { changedKeys, earliest } from '../../payments/store/payment-store.service.js';
import { deriveStatus } from '../state/derive-plan.js';
import type { SubscriptionFacts, SubscriptionSnapshot } from '../state/subscription-facts.js';
import { Subscription, SubscriptionHistory, SubscriptionItem } from './subscription.entity.js';
import { Clock } from '../../time/clock.js';

/** A subscription's row with its items, in Stripe's order. */
export type WholeSubscription = Subscription & { items: SubscriptionItem[] };

/** Facts that can be added. What is left out or `null` stays as it is. */
export type SubscriptionChange = Partial<SubscriptionFacts> & {
  checkoutId?: string | null;
  owner?: Owner | undefined;
  duplicateOf?: string | null;
  duplicateEndAt?: Date | null;
};

/** A snapshot that is to be stored; its version is counted here. */
export type NewSnapshot = Omit<SubscriptionSnapshot, 'version'> & {
  stripeCustomerId: string;
  planGroup: string | null;
};

/** Facts and, maybe, a snapshot for a subscription, and what brought them. */
export interface SubscriptionUpdate extends FactSource {
  id: string;
  facts: SubscriptionChange;
  snapshot?: NewSnapshot | undefined;
}

/** A subscription before and after. `before` is undefined for a new one. */
export interface UpdatedSubscription extends FactSource {
  before: WholeSubscription | undefined;
  after: WholeSubscription;
}

/** Called in the transaction in which a subscription changed in any way. Where it throws, nothing is stored. */
export type SubscriptionListener = (tx: EntityManager, updated: UpdatedSubscription) => Promise<void>;

const subscriptions = new Table(Subscription);
const items = new Table(SubscriptionItem);
const history = new Table(SubscriptionHistory);

/** The one place that writes subscriptions: facts are added, snapshots replaced, the status derived, the history kept. */
@Injectable()
export class SubscriptionStore {
  private readonly listeners: SubscriptionListener[] = [];

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

  /** The same, locked for this transaction. */
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
    for (const listener of this.listeners) await listener(tx, { before, after, cause, at, actor });
    return after;
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

/** Facts win over snapshots, a later snapshot over an earlier one, and a provisional one only over what is older. */
export function withUpdate(row: WholeSubscription, update: SubscriptionUpdate, isNew = false): WholeSubscription {
  const known = withFacts(row, update.facts);
  const { snapshot } = update;
  const next = !snapshot || (isNew ? false : !isLater(row, snapshot)) ? known : withSnapshot(known, snapshot);
  return { ...next, status: deriveStatus(next) };
}

const isLater = (row: Subscription, snapshot: NewSnapshot): boolean =>
  !snapshot.provisional || snapshot.snapshotAt > row.snapshotAt;

function withFacts(row: WholeSubscription, { owner, ...facts }: SubscriptionChange): WholeSubscription {
  return {
    ...row,
    ownerType: row.ownerType ?? owner?.type ?? null,
    ownerId: row.ownerId ?? owner?.id ?? null,
    checkoutId: row.checkoutId ?? facts.checkoutId ?? null,
    duplicateOf: row.duplicateOf ?? facts.duplicateOf ?? null,
    duplicateEndAt: earliest(row.duplicateEndAt, facts.duplicateEndAt),
    endedAt: earliest(row.endedAt, facts.endedAt),
    endedStatus: row.endedStatus ?? facts.endedStatus ?? null,
    endReason: row.endReason ?? facts.endReason ?? null,
    trialStartedAt: earliest(row.trialStartedAt, facts.trialStartedAt),
    firstPaidAt: earliest(row.firstPaidAt, facts.firstPaidAt),
    firstFailedAt: earliest(row.firstFailedAt, facts.firstFailedAt),
  };
}

function withSnapshot(row: WholeSubscription, { items: newItems, ...snapshot }: NewSnapshot): WholeSubscription {
  const next = { ...row, ...snapshot, planGroup: snapshot.planGroup ?? row.planGroup };
  const rows = newItems.map((item, position) => ({ ...item, subscriptionId: row.id, position }));
  const sameItems = JSON.stringify(rows.map(sorted)) === JSON.stringify(row.items.map(sorted));
  const { provisional: _, snapshotAt: __, ...content } = next;
  const { provisional: ___, snapshotAt: ____, ...before } = row;
  const changed = !sameItems || changedKeys(before, { ...content, items: before.items }).length > 0;
  return { ...next, items: sameItems ? row.items : rows, version: row.version + (changed ? 1 : 0) };
}

const sorted = (item: object) => Object.entries(item).toSorted(([a], [b]) => a.localeCompare(b));

/** The row of a new subscription; undefined where nothing but facts is known. */
function firstRow({ id, facts, snapshot }: SubscriptionUpdate, learnedAt: Date): WholeSubscription | undefined {
  if (!snapshot) return undefined;
  const { items: first, ...columns } = snapshot;
  return {
    id,
    ownerType: null,
    ownerId: null,
    checkoutId: null,
    createdAt: facts.createdAt ?? snapshot.snapshotAt,
    endedAt: null,
    endedStatus: null,
    endReason: null,
    trialStartedAt: null,
    firstPaidAt: null,
    firstFailedAt: null,
    duplicateOf: null,
    duplicateEndAt: null,
    ...columns,
    version: 1,
    status: snapshot.stripeStatus,
    access: false,
    accessUntil: null,
    accessReason: null,
    changesAt: null,
    derivedBy: null,
    learnedAt,
    items: first.map((item, position) => ({ ...item, subscriptionId: id, position })),
  };
}
