import type { SetupIntent, Subscription } from '../model/wire.js';
import { insertSetupIntent, newSetupIntent } from '../payments/setup-intents.js';
import type { Billing } from './billing.js';
import { methodNamed } from './collect.js';
import { loadSubscription, saveSubscription } from './subscription-store.js';

/**
 * The Setup Intent with which a subscription without a first payment (a trial) collects a payment method
 * (SDK: `pending_setup_intent`). Null where something is due now, or a payment method is known.
 */
export async function pendingSetupFor(billing: Billing, subscription: Subscription): Promise<string | null> {
  const { collection_method, customer, payment_settings: settings, status } = subscription;
  if (status !== 'trialing' || collection_method !== 'charge_automatically') return null;
  const owner = await billing.tx.objects.get('customer', String(customer));
  if (await methodNamed(billing, undefined, subscription, owner)) return null;
  const intent = newSetupIntent({
    created: billing.now,
    customer: owner.id,
    payment_method_types: settings?.payment_method_types ?? ['card'],
  });
  return (await insertSetupIntent(billing.tx, intent)).id;
}

/** The pending Setup Intent of a subscription succeeded: its payment method is the subscription's from now on. */
export async function pendingSetupSucceeded(
  billing: Billing,
  { id, customer, payment_method }: SetupIntent,
): Promise<void> {
  const where = { customer: String(customer), pending_setup_intent: id };
  const [found] = await billing.tx.objects.list('subscription', { limit: 1, where });
  const loaded = found && (await loadSubscription(billing, found.id));
  if (!loaded) return;
  const { subscription: before } = loaded;
  const after: Subscription = {
    ...before,
    default_payment_method: before.default_payment_method ?? (payment_method as string | null),
    pending_setup_intent: null,
  };
  await saveSubscription(billing, { ...loaded, subscription: after }, before);
}
