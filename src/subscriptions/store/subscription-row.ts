import type { Owner } from '../../customers/owner.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { changedKeys, earliest } from '../../payments/store/payment-store.service.js';
import { deriveStatus } from '../state/derive-plan.js';
import type { SubscriptionFacts, SubscriptionSnapshot } from '../state/subscription-facts.js';
import type { Subscription, SubscriptionItem } from './subscription.entity.js';

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
export function firstRow({ id, facts, snapshot }: SubscriptionUpdate, learnedAt: Date): WholeSubscription | undefined {
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
