import { unixNow } from '../model/clock.js';
import { newId, randomText } from '../model/ids.js';
import type { SetupIntent } from '../model/wire.js';
import type { Tx } from '../state/store.js';

/** A Setup Intent without a payment method; `usage` defaults to `off_session`, as at Stripe. */
export function newSetupIntent(draft: Partial<SetupIntent> = {}): SetupIntent {
  const id = newId('setupIntent');
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: unixNow(),
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
    ...draft,
  };
}

export async function insertSetupIntent(tx: Tx, intent: SetupIntent): Promise<SetupIntent> {
  await tx.objects.insert(intent);
  await tx.events.record('setup_intent.created', intent);
  return intent;
}

export async function cancelSetupIntent(
  tx: Tx,
  intent: SetupIntent,
  reason: SetupIntent['cancellation_reason'],
): Promise<SetupIntent> {
  const canceled: SetupIntent = { ...intent, cancellation_reason: reason, next_action: null, status: 'canceled' };
  await tx.objects.save(canceled);
  await tx.events.record('setup_intent.canceled', canceled);
  return canceled;
}
