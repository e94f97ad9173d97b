import type { Invoice, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { invoicesOf } from './invoice-store.js';
import { loadSubscription, saveSubscription } from './subscription-store.js';

/** Drafts come before it, and voided invoices do not count. */
const LOOKED_AT = 20;

async function newestFinalized(billing: Billing, subscription: string): Promise<Invoice | undefined> {
  const invoices = await invoicesOf(billing, subscription, LOOKED_AT);
  return invoices.find(({ status }) => status !== 'draft' && status !== 'void');
}

/** The status of a subscription that runs and owes nothing. */
const liveStatus = ({ trial_end: trialEnd }: Subscription, now: number): Subscription['status'] =>
  trialEnd !== null && trialEnd > now ? 'trialing' : 'active';

export const isBehind = ({ status }: Pick<Subscription, 'status'>): boolean =>
  status === 'past_due' || status === 'unpaid';

/**
 * The status after an invoice of the subscription was settled: it runs again where its newest finalized invoice is settled,
 * so that an older one changes nothing while a newer one is open (D; SUBSCRIPTIONS.md 4, "active").
 */
export async function statusAfter(billing: Billing, subscription: Subscription): Promise<Subscription['status']> {
  const { id, status } = subscription;
  if (status === 'incomplete') return liveStatus(subscription, billing.now);
  if (!isBehind(subscription)) return status;
  return (await newestFinalized(billing, id))?.status === 'open' ? status : liveStatus(subscription, billing.now);
}

/** Sets the status anew after an invoice was voided, marked uncollectible, or paid because nothing was due. */
export async function reviewStatus(billing: Billing, subscriptionId: string): Promise<void> {
  const loaded = await loadSubscription(billing, subscriptionId);
  if (!loaded || !isBehind(loaded.subscription)) return;
  const { subscription: before } = loaded;
  const status = await statusAfter(billing, before);
  if (status === before.status) return;
  await saveSubscription(billing, { ...loaded, subscription: { ...before, status } }, before);
}
