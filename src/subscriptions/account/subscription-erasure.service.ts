import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  CustomerErasure,
  type ErasedCustomer,
  type ErasureListener,
} from '../../customers/customer-erasure.service.js';
import { Table } from '../../database/table.js';
import { isLiveStatus } from '../state/derive-plan.js';
import { SubscriptionCheckout } from '../store/subscription-checkout.entity.js';
import { Subscription } from '../store/subscription.entity.js';

const subscriptions = new Table(Subscription);
const checkouts = new Table(SubscriptionCheckout);

/** Keeps customers who have a subscription, or may yet get one; blanks the addresses of a customer's checkouts. */
@Injectable()
export class SubscriptionErasure implements ErasureListener {
  constructor(erasure: CustomerErasure) {
    erasure.register(this);
  }

  async reasonToKeep(tx: EntityManager, { stripeCustomerId }: ErasedCustomer): Promise<string | undefined> {
    if (!stripeCustomerId) return undefined;
    const all = await subscriptions.find(tx, { stripeCustomerId });
    const live = all.find(({ status }) => isLiveStatus(status) || status === 'incomplete');
    if (live)
      return (
        `${stripeCustomerId} has the subscription ${live.id}, which is ${live.status}: end it first, ` +
        `npm run cli -- subscriptions cancel ${live.id}`
      );
    const open = (await checkouts.find(tx, { stripeCustomerId, status: 'open' })).find((one) => one.checkoutSessionId);
    return (
      open &&
      `${stripeCustomerId} has the open checkout ${open.checkoutSessionId}, which may be paid yet: expire it at Stripe, or wait a day`
    );
  }

  async erase(tx: EntityManager, { owner, stripeCustomerId }: ErasedCustomer): Promise<void> {
    await checkouts.update(tx, { ownerType: owner.type, ownerId: owner.id }, { email: '' });
    if (!stripeCustomerId) return;
    // The newest event of each object, kept until it is read, names the customer's address.
    await tx.query(
      `UPDATE stripe_reads SET payload = NULL WHERE id IN (SELECT id FROM subscriptions WHERE stripe_customer_id = $1)
         OR id IN (SELECT id FROM invoices WHERE stripe_customer_id = $1)`,
      [stripeCustomerId],
    );
  }
}
