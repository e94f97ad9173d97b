import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Mandate, PaymentMethod, SetupAttempt, SetupIntent } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import type { Authentication } from './authentication.js';
import type { Failure } from './fail.js';
import { attach } from './payment-methods.js';
import { behaviourOf, refusalToSave } from './test-cards.js';
import { threeDSecure } from './three-d-secure.js';

export type Setup =
  | { outcome: 'succeeded' | 'authenticate'; intent: SetupIntent }
  | { outcome: 'declined'; intent: SetupIntent; failure: Failure };

const NOT_AUTHENTICATED: Failure = {
  code: 'setup_intent_authentication_failure',
  message:
    'The latest attempt to set up the payment method has failed because authentication failed. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this SetupIntent again.',
};

/**
 * Attempts to save a payment method; the test card decides the outcome. Nothing is charged: a card that only fails when it
 * is charged (4000 0000 0000 0341) is saved. Bank debits are saved at once, without micro-deposits.
 */
export async function setUp(
  tx: Tx,
  intent: SetupIntent,
  method: PaymentMethod,
  authentication: Authentication,
): Promise<Setup> {
  const { testCard, redirects } = await tx.objects.notes('payment_method', method.id);
  const failure = testCard === undefined ? undefined : refusalToSave(testCard);
  if (failure) return { outcome: 'declined', intent: await failSetup(tx, intent, method, failure), failure };
  if (redirects || (testCard !== undefined && asksOnSetup(testCard, intent))) {
    return { outcome: 'authenticate', intent: await requireAction(tx, intent, method, authentication) };
  }
  return { outcome: 'succeeded', intent: await succeedSetup(tx, intent, method) };
}

/** The Indian card asks where a mandate is set up with it (recorded: pay-001 without, pay-007 with `mandate_options`). */
function asksOnSetup(testCard: string, { payment_method_options: options }: SetupIntent): boolean {
  if (testCard === 'indiaMandate') return Boolean(options?.card?.mandate_options);
  return behaviourOf(testCard).does === 'authenticate';
}

/** Saves the payment method: it is attached to the customer, where there is one. */
export async function succeedSetup(tx: Tx, before: SetupIntent, method: PaymentMethod): Promise<SetupIntent> {
  const attempt = await recordAttempt(tx, before, method, 'succeeded');
  const customer = before.customer === null ? null : String(before.customer);
  const saved = customer === null ? method : await attach(tx, method, customer);
  const intent: SetupIntent = {
    ...before,
    last_setup_error: null,
    latest_attempt: attempt,
    mandate: await mandateFor(tx, saved),
    next_action: null,
    payment_method: method.id,
    status: 'succeeded',
  };
  await tx.objects.save(intent);
  await tx.events.record('setup_intent.succeeded', intent);
  return intent;
}

async function requireAction(
  tx: Tx,
  before: SetupIntent,
  method: PaymentMethod,
  { url, returnUrl: return_url }: Authentication,
): Promise<SetupIntent> {
  const intent: SetupIntent = {
    ...before,
    last_setup_error: null,
    latest_attempt: await recordAttempt(tx, before, method, 'requires_action'),
    next_action:
      return_url === undefined
        ? { type: 'use_stripe_sdk', use_stripe_sdk: threeDSecure(url) }
        : { type: 'redirect_to_url', redirect_to_url: { return_url, url } },
    payment_method: method.id,
    status: 'requires_action',
  };
  await tx.objects.save(intent);
  await tx.events.record('setup_intent.requires_action', intent);
  return intent;
}

export async function failSetupAuthentication(tx: Tx, intent: SetupIntent, method: PaymentMethod): Promise<string> {
  await failSetup(tx, intent, method, NOT_AUTHENTICATED);
  return NOT_AUTHENTICATED.message;
}

async function failSetup(
  tx: Tx,
  before: SetupIntent,
  method: PaymentMethod,
  { adviceCode, code, declineCode, message, param }: Failure,
): Promise<SetupIntent> {
  const intent: SetupIntent = {
    ...before,
    last_setup_error: {
      ...(adviceCode !== undefined && { advice_code: adviceCode }),
      code: code as NonNullable<SetupIntent['last_setup_error']>['code'],
      ...(declineCode !== undefined && { decline_code: declineCode }),
      doc_url: `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}`,
      message,
      ...(param !== undefined && { param }),
      payment_method: method,
      type: declineCode === undefined ? 'invalid_request_error' : 'card_error',
    },
    latest_attempt: await recordAttempt(tx, before, method, 'failed'),
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  };
  await tx.objects.save(intent);
  await tx.events.record('setup_intent.setup_failed', intent);
  return intent;
}

/** Stores a Setup Attempt, and returns its id. */
async function recordAttempt(tx: Tx, intent: SetupIntent, method: PaymentMethod, status: string): Promise<string> {
  const attempt: SetupAttempt = {
    id: newId('setupAttempt'),
    object: 'setup_attempt',
    application: null,
    created: unixNow(),
    customer: intent.customer,
    customer_account: null,
    flow_directions: null,
    livemode: false,
    on_behalf_of: null,
    payment_method: method.id,
    payment_method_details: { type: method.type, [method.type]: {} },
    setup_error: null,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  };
  await tx.objects.insert(attempt);
  return attempt.id;
}

/** Debits need a mandate, cards have none. */
async function mandateFor(tx: Tx, { id, type }: PaymentMethod): Promise<string | null> {
  if (type === 'card') return null;
  const mandate: Mandate = {
    id: newId('mandate'),
    object: 'mandate',
    customer_acceptance: {
      accepted_at: unixNow(),
      online: { ip_address: '127.0.0.1', user_agent: null },
      type: 'online',
    },
    livemode: false,
    multi_use: {},
    payment_method: id,
    payment_method_details: { type, [type]: {} },
    status: 'active',
    type: 'multi_use',
  };
  await tx.objects.insert(mandate);
  return mandate.id;
}
