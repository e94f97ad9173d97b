import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { oneOf, optional, shape, text, boolean, currency, type ValueOf } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, wrongState } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import { newIntent } from '../payments/intents.js';
import type { PaymentIntent } from '../model/wire.js';
import { amount, checkAmount } from './amounts.js';
import { mustHavePayer } from './connect-params.js';
import { checkMethodTypes } from './method-options.js';
import { automaticMethods, changedIntent, confirmation, changeableFields } from './intent-params.js';
import { confirm } from './confirm-intent.js';
import { METHOD_CONFIGURATION, mustBeCustomer, namedMethod, usualMethods } from './intent-methods.js';
import { cancelOne, captureOne, confirmOne, mustReturn, UNCONFIRMED } from './intent-steps.js';
import { retrieving, findOr404 } from './reading.js';

const newOne = shape({
  ...changeableFields,
  ...confirmation,
  amount,
  automatic_payment_methods: automaticMethods,
  confirm: optional(boolean),
  confirmation_method: optional(oneOf('automatic', 'manual')),
  currency,
});

type NewIntent = ValueOf<typeof newOne>;

const create = endpoint(newOne, async ({ tx, params, namesVersion, version, origin }) => {
  checkAmount(params.amount, params.currency);
  if (params.off_session !== undefined && params.confirm !== true) mustConfirmNow(params.off_session);
  await mustBeCustomer(tx, params.customer);
  mustHavePayer(params, tx.objects.accounts.own);
  const bare = bareIntent(params, version);
  const method = await namedMethod(tx, bare, params);
  const { metadata, ...said } = params;
  const intent = changedIntent(bare, { ...said, amount: undefined, currency: undefined, metadata }, method);
  await tx.objects.insert(intent);
  await tx.events.record('payment_intent.created', intent);
  if (params.confirm !== true) return intent;
  if (!method) throw missingParameter('payment_method');
  if (namesVersion) mustReturn(intent, params);
  return confirm(tx, intent, method, params, origin);
});

/** The first version in which a Payment Intent takes the payment methods of the account where the request names none. */
const AUTOMATIC_METHODS_SINCE = '2023-08-16';
/** The first version in which a payment is captured after the answer, where the request does not say when. */
const ASYNC_CAPTURE_SINCE = '2024-04-10';

/** Without what an update can change. */
function bareIntent(params: NewIntent, version: string): PaymentIntent {
  const { allowed_payment_method_types: allowed, automatic_payment_methods: automatic, currency: inCurrency } = params;
  const isAutomatic = !allowed && (automatic?.enabled ?? version >= AUTOMATIC_METHODS_SINCE);
  const types = allowed ?? (isAutomatic ? usualMethods(inCurrency) : ['card']);
  checkMethodTypes(types, inCurrency, 'allowed_payment_method_types');
  return newIntent({
    allowed_payment_method_types: allowed ?? null,
    amount: params.amount,
    automatic_payment_methods: isAutomatic
      ? { allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true }
      : null,
    capture_method: params.capture_method ?? (version >= ASYNC_CAPTURE_SINCE ? 'automatic_async' : 'automatic'),
    confirmation_method: params.confirmation_method ?? 'automatic',
    currency: inCurrency,
    customer: params.customer ?? null,
    description: null,
    metadata: {},
    payment_method_configuration_details: isAutomatic ? METHOD_CONFIGURATION : null,
    payment_method_types: types,
  });
}

/** `off_session` is about a confirmation: without one it is refused. */
function mustConfirmNow(offSession: unknown): void {
  if (['false', ''].includes(String(offSession).toLowerCase())) return;
  const message = 'When `confirm` is not `true`, you cannot set `off_session`.';
  throw invalidRequest(message, 'off_session');
}

const update = endpoint(
  shape({ ...changeableFields, amount: optional(amount), currency: optional(currency) }),
  async ({ tx, params, id }) => {
    const before = await findOr404(tx, 'payment_intent', id);
    await mustBeCustomer(tx, params.customer);
    if (!UNCONFIRMED.includes(before.status)) refuseChange(before, params);
    const method = await namedMethod(tx, { ...before, customer: params.customer ?? before.customer }, params);
    const after = changedIntent(before, params, method);
    checkAmount(after.amount, after.currency);
    checkMethodTypes(after.payment_method_types, after.currency, 'allowed_payment_method_types');
    await tx.objects.save(after);
    return after;
  },
);

/** For an intent that is not UNCONFIRMED: throws ApiError 400 where the update changes what is fixed by then. */
function refuseChange(intent: PaymentIntent, params: object): void {
  const fixed = ['amount', 'currency', 'customer', 'payment_method', 'payment_method_data', 'capture_method'];
  const asked = fixed.find((field) => params[field as keyof typeof params] !== undefined);
  if (asked === undefined) return;
  const message = `This PaymentIntent's ${asked} could not be updated because it has a status of ${intent.status}. You may only update the ${asked} of a PaymentIntent with one of the following statuses: ${UNCONFIRMED.join(', ')}.`;
  throw wrongState(message, intent);
}

const filters = shape({ ...pageParams, created, customer: optional(text) });

const listAll = endpoint(filters, ({ tx, params: { customer, ...rest }, path }) =>
  page(tx, 'payment_intent', path, { ...rest, where: { customer } }),
);

export function paymentIntentRoutes(api: ApiRouter): void {
  api.post('/payment_intents', create);
  api.get('/payment_intents', listAll);
  api.get('/payment_intents/search', searching('payment_intent'));
  api.get('/payment_intents/:id', retrieving('payment_intent'));
  api.post('/payment_intents/:id', update);
  api.post('/payment_intents/:id/confirm', confirmOne);
  api.post('/payment_intents/:id/capture', captureOne);
  api.post('/payment_intents/:id/cancel', cancelOne);
}
