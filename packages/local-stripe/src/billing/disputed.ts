import type { Dispute } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { billingFor } from './billing.js';
import { HOUR_S } from './engine/calendar.js';
import { paymentOfIntent, subscriptionOf } from './invoice-store.js';
import { loadSubscription, saveSubscription } from './subscription-store.js';

/**
 * A payment of a subscription is disputed: with the setting `after_dispute: cancel` the subscription ends an hour later, if
 * the dispute is over all of a card payment. Not on test clocks (SUBSCRIPTIONS.md 5, "dispute").
 */
export async function subscriptionDisputed(tx: Tx, dispute: Dispute, origin: string): Promise<void> {
  const payment = dispute.payment_intent === null ? undefined : await paymentOfIntent({ tx }, dispute.payment_intent);
  if (!payment || payment.amount_paid !== dispute.amount) return;
  const invoice = await tx.objects.get('invoice', String(payment.invoice));
  const billing = await billingFor(tx, origin, null);
  const subscription = await subscriptionOf(billing, invoice);
  if (billing.settings.after_dispute !== 'cancel' || !subscription || subscription.test_clock !== null) return;
  const loaded = await loadSubscription(billing, subscription.id);
  if (!loaded) return;
  await saveSubscription(billing, { ...loaded, notes: { ...loaded.notes, cancelsForDisputeAt: billing.now + HOUR_S } });
}
