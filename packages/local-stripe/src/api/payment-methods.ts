import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { page, pageParams } from '../conventions/lists.js';
import { changeMetadata, metadata, oneOf, optional, shape, text } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { cloneOf, detach } from '../payments/payment-methods.js';
import { attachIfPossible, createDescribed } from './new-payment-method.js';
import { paymentMethodFor } from './payment-method-for.js';
import { billingDetails, methodType, paymentMethodFields } from './payment-method-params.js';
import { findOr404 } from './reading.js';

const newOne = shape({
  ...paymentMethodFields,
  customer: optional(text),
  payment_method: optional(text),
  type: optional(methodType),
});

const create = endpoint(newOne, async ({ tx, params: { customer, payment_method, type, ...described } }) => {
  const more = {
    ...(described.allow_redisplay && { allow_redisplay: described.allow_redisplay }),
    metadata: changeMetadata({}, described.metadata),
  };
  if (payment_method !== undefined) {
    const shared = await tx.objects.ofPlatform().find('payment_method', payment_method);
    const original = shared ?? (await paymentMethodFor(tx, payment_method, 'payment_method'));
    if (customer !== undefined && original.customer !== customer) {
      throw noSuch('payment_method', payment_method, 'payment_method');
    }
    return cloneOf(tx, original, more);
  }
  if (type === undefined) throw missingParameter('type');
  return createDescribed(tx, { ...described, type }, '', more);
});

/** Test ids (`pm_card_visa`) become a payment method. */
const retrieve = endpoint(shape({}), ({ tx, id }) => paymentMethodFor(tx, id, 'payment_method', 404));

const changes = shape({
  allow_redisplay: optional(oneOf('always', 'limited', 'unspecified')),
  billing_details: optional(billingDetails),
  metadata: optional(metadata),
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'payment_method', id);
  if (before.customer === null) {
    throw invalidRequest('You must save this PaymentMethod to a customer before you can update it.');
  }
  const said = Object.entries(params.billing_details ?? {}).filter(([, value]) => value !== undefined);
  const after = {
    ...before,
    allow_redisplay: params.allow_redisplay ?? before.allow_redisplay,
    billing_details: { ...before.billing_details, ...Object.fromEntries(said) },
    metadata: changeMetadata(before.metadata ?? {}, params.metadata),
  };
  await tx.objects.save(after);
  await tx.events.record('payment_method.updated', after, before);
  return after;
});

const attachTo = endpoint(shape({ customer: optional(text) }), async ({ tx, params: { customer }, id }) => {
  if (customer === undefined) throw missingParameter('customer');
  if (!(await tx.objects.find('customer', customer))) throw noSuch('customer', customer, 'customer');
  const method = await paymentMethodFor(tx, id, 'payment_method', 404);
  if (method.customer !== null && method.customer !== customer) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.');
  }
  return attachIfPossible(tx, method, customer);
});

const detachFrom = endpoint(shape({}), async ({ tx, id }) => {
  const method = await findOr404(tx, 'payment_method', id);
  if (method.customer === null) {
    const message = 'The payment method you provided is not attached to a customer so detachment is impossible.';
    throw invalidRequest(message, 'payment_method');
  }
  return detach(tx, method);
});

const filters = shape({ ...pageParams, customer: optional(text), type: optional(methodType) });

/** The payment methods of a customer; none without one, as at Stripe without Treasury. */
const listAll = endpoint(filters, ({ tx, params: { customer, type, ...rest }, path }) =>
  page(tx, 'payment_method', path, { ...rest, where: { customer: customer ?? [], type } }),
);

export function paymentMethodRoutes(api: ApiRouter): void {
  api.post('/payment_methods', create);
  api.get('/payment_methods', listAll);
  api.get('/payment_methods/:id', retrieve);
  api.post('/payment_methods/:id', update);
  api.post('/payment_methods/:id/attach', attachTo);
  api.post('/payment_methods/:id/detach', detachFrom);
}
