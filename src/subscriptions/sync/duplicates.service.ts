import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { keyOfOwner, type Owner } from '../../customers/owner.js';
import { isLiveStatus } from '../state/derive-plan.js';
import type { WholeSubscription } from '../store/subscription-row.js';
import { SubscriptionStore, type UpdatedSubscription } from '../store/subscription-store.service.js';
import { Subscription } from '../store/subscription.entity.js';

const subscriptions = new Table(Subscription);

/**
 * Looks whether an owner has two live subscriptions of one group, as two Checkout pages from before a restart or the Dashboard may
 * make. The older stays, the newer is marked as its duplicate and reported.
 */
@Injectable()
export class Duplicates {
  private readonly logger = new Logger('Subscriptions');

  constructor(store: SubscriptionStore) {
    store.onChange((tx, updated) => this.look(tx, updated));
  }

  private async look(tx: EntityManager, { before, after }: UpdatedSubscription): Promise<void> {
    const { ownerType, ownerId, planGroup } = after;
    if (!isLiveStatus(after.status) || ownerType === null || ownerId === null || planGroup === null) return;
    if (before && isLiveStatus(before.status) && isSamePlace(before, after)) return;
    const hasMoved = before !== undefined && isLiveStatus(before.status) && before.planGroup !== null;
    await lockKeys(tx, [groupKey({ type: ownerType, id: ownerId }, planGroup)]);
    const ofGroup = await subscriptions.find(tx, { ownerType, ownerId, planGroup });
    const [oldest, ...newer] = ofGroup.filter(({ status }) => isLiveStatus(status)).toSorted(byAge);
    for (const { id, duplicateOf } of newer) {
      if (!oldest || duplicateOf) continue;
      // One that was live before and moved into the group, as by a change of its plan, was not sold twice: its end is not ours to decide.
      if (!hasMoved) {
        await subscriptions.update(tx, { id }, { duplicateOf: oldest.id });
        if (id === after.id) after.duplicateOf = oldest.id;
      }
      this.logger.error(
        `${keyOfOwner({ type: ownerType, id: ownerId })} has two live subscriptions of "${planGroup}": ${oldest.id}, and ${id}, which ` +
          `is newer. Unless both are wanted, end one: npm run cli -- subscriptions cancel ${id}`,
      );
    }
  }
}

/** What two transactions lock that would give one owner two plans of one group. */
export const groupKey = (owner: Owner, group: string): string => `subscription of ${group} by ${keyOfOwner(owner)}`;

const isSamePlace = (a: WholeSubscription, b: WholeSubscription): boolean =>
  a.ownerType === b.ownerType && a.ownerId === b.ownerId && a.planGroup === b.planGroup;

/** The older first. */
export const byAge = (a: Subscription, b: Subscription): number =>
  +a.createdAt - +b.createdAt || a.id.localeCompare(b.id);
