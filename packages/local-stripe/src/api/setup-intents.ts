import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { ApiError, invalidRequest, missingParameter } from '../conventions/errors.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { oneOf, optional, shape, text, type ValueOf } from '../conventions/params/index.js';
import type { PaymentMethod, SetupIntent } from '../model/wire.js';
import { setUp } from '../payments/set-up.js';
import { cancelSetupIntent, insertSetupIntent, newSetupIntent } from '../payments/setup-intents.js';
import type { Tx } from '../state/store.js';
import { METHOD_CONFIGURATION, mustBeCustomer, namedMethod, usualMethods } from './intent-methods.js';
import { findOr404, retrieving } from './reading.js';
import { changedSetup, setupConfirmation, setupCreation, setupFields } from './setup-intent-params.js';

/** The first version in which the account's payment methods are taken where the request names none. */
const AUTOMATIC_METHODS_SINCE = '2023-08-16';
const UNCONFIRMED = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

const newOne = shape(setupCreation);

const create = endpoint(newOne, async ({ tx, params, version, origin }) => {
  await mustBeCustomer(tx, params.customer);
  const bare = bareSetup(params, version);
  const method = await methodOf(tx, { ...bare, customer: params.customer ?? null }, params);
  const intent = await insertSetupIntent(tx, changedSetup(bare, params, method));
  if (params.confirm !== true) return intent;
  if (!method) throw missingParameter('payment_method');
  return confirm(tx, intent, method, params, origin);
});

function bareSetup(params: ValueOf<typeof newOne>, version: string): SetupIntent {
  const { allowed_payment_method_types: allowed, automatic_payment_methods: automatic } = params;
  const isAutomatic = !allowed && (automatic?.enabled ?? version >= AUTOMATIC_METHODS_SINCE);
  return newSetupIntent({
    automatic_payment_methods: isAutomatic
      ? { allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true }
      : null,
    on_behalf_of: params.on_behalf_of ?? null,
    payment_method_configuration_details: isAutomatic ? METHOD_CONFIGURATION : null,
    payment_method_types: allowed ?? (isAutomatic ? usualMethods('usd') : ['card']),
    usage: params.usage ?? 'off_session',
  });
}

/** The payment method that a request names; one that is attached must be of the intent's customer. */
const methodOf = (
  tx: Tx,
  intent: SetupIntent,
  params: Parameters<typeof namedMethod>[2],
): Promise<PaymentMethod | undefined> =>
  namedMethod(tx, { ...intent, customer: intent.customer === null ? null : String(intent.customer) }, params);

interface Returning {
  return_url: string | undefined;
}

/** Throws ApiError 402 where the card is declined; the failed attempt is kept. */
async function confirm(
  tx: Tx,
  intent: SetupIntent,
  method: PaymentMethod,
  { return_url: returnUrl }: Returning,
  origin: string,
): Promise<SetupIntent> {
  const setup = await setUp(tx, intent, method, { url: `${origin}/c/authenticate/${intent.id}`, returnUrl });
  if (setup.outcome === 'authenticate') {
    await tx.objects.note('setup_intent', intent.id, { ...(returnUrl !== undefined && { returnUrl }) });
  }
  if (setup.outcome !== 'declined') return setup.intent;
  const { adviceCode, code, declineCode, message, param } = setup.failure;
  throw new ApiError(
    402,
    {
      type: 'card_error',
      code,
      ...(adviceCode !== undefined && { advice_code: adviceCode }),
      ...(declineCode !== undefined && { decline_code: declineCode }),
      ...(param !== undefined && { param }),
      message,
      payment_method: method,
      setup_intent: setup.intent,
    },
    'kept',
  );
}

const update = endpoint(shape(setupFields), async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'setup_intent', id);
  if (!UNCONFIRMED.includes(before.status)) throw wrongState('updated', before);
  await mustBeCustomer(tx, params.customer);
  const method = await methodOf(tx, { ...before, customer: params.customer ?? before.customer }, params);
  const after = changedSetup(before, params, method);
  await tx.objects.save(after);
  return after;
});

const confirmation = shape({
  ...setupConfirmation,
  payment_method: setupFields.payment_method,
  payment_method_data: setupFields.payment_method_data,
  payment_method_options: setupFields.payment_method_options,
});

const confirmOne = endpoint(confirmation, async ({ tx, params, id, origin }) => {
  const before = await findOr404(tx, 'setup_intent', id);
  if (!UNCONFIRMED.includes(before.status)) throw wrongState('confirmed', before);
  const saved = before.payment_method;
  const method =
    (await methodOf(tx, before, params)) ??
    (saved === null ? undefined : await tx.objects.get('payment_method', String(saved)));
  if (!method) {
    const message =
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.";
    throw unexpectedState(message, before);
  }
  return confirm(tx, changedSetup(before, params, method), method, params, origin);
});

const cancellation = shape({
  cancellation_reason: optional(oneOf('abandoned', 'duplicate', 'requested_by_customer')),
});

const cancel = endpoint(cancellation, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'setup_intent', id);
  if (!UNCONFIRMED.includes(before.status)) throw wrongState('canceled', before);
  const sessions = await tx.objects.list('checkout.session', { limit: 1, where: { setup_intent: id, status: 'open' } });
  if (sessions.length > 0) {
    throw unexpectedState('You cannot cancel SetupIntents created by Checkout. Expire the Session instead.', before);
  }
  return cancelSetupIntent(tx, before, params.cancellation_reason ?? null);
});

const wrongState = (done: string, intent: SetupIntent): ApiError =>
  unexpectedState(
    `This SetupIntent could not be ${done} because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be ${done}: ${UNCONFIRMED.join(', ')}.`,
    intent,
  );

/** 400 `setup_intent_unexpected_state` with the intent (recorded: err-076). */
const unexpectedState = (message: string, setup_intent: SetupIntent): ApiError =>
  new ApiError(400, { type: 'invalid_request_error', code: 'setup_intent_unexpected_state', message, setup_intent });

const filters = shape({
  ...pageParams,
  attach_to_self: setupFields.attach_to_self,
  created,
  customer: optional(text),
  payment_method: optional(text),
});

const listAll = endpoint(filters, ({ tx, params, path }) => {
  const { attach_to_self: _, customer, payment_method, ...rest } = params;
  return page(tx, 'setup_intent', path, { ...rest, where: { customer, payment_method } });
});

const listAttempts = endpoint(
  shape({ ...pageParams, created, setup_intent: text }),
  async ({ tx, params: { setup_intent, ...rest }, path }) => {
    if (!(await tx.objects.find('setup_intent', setup_intent))) {
      throw invalidRequest(`No such setupintent: '${setup_intent}'`, 'setup_intent', 'resource_missing');
    }
    return page(tx, 'setup_attempt', path, { ...rest, where: { setup_intent } });
  },
);

export function setupIntentRoutes(api: ApiRouter): void {
  api.post('/setup_intents', create);
  api.get('/setup_intents', listAll);
  api.get('/setup_intents/:id', retrieving('setup_intent'));
  api.post('/setup_intents/:id', update);
  api.post('/setup_intents/:id/confirm', confirmOne);
  api.post('/setup_intents/:id/cancel', cancel);
  api.get('/setup_attempts', listAttempts);
  api.get('/mandates/:id', retrieving('mandate'));
}
