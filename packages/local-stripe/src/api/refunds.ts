import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  emailAddress,
  integer,
  metadata,
  oneOf,
  optional,
  shape,
  text,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { cancelRefund } from '../payments/refund-endings.js';
import { refund } from '../payments/refunds.js';
import { retrieving, findOr404 } from './reading.js';
import { chargeToRefund, refundableAmount } from './refundable.js';

const request = shape({
  amount: optional(integer({ min: 1 })),
  charge: optional(text),
  instructions_email: optional(emailAddress),
  metadata: optional(metadata),
  payment_intent: optional(text),
  reason: optional(oneOf('duplicate', 'fraudulent', 'requested_by_customer')),
  // Of connected accounts, of which there are none here.
  refund_application_fee: optional(boolean),
  reverse_transfer: optional(boolean),
});

const create = endpoint(request, async ({ tx, params, id }) => {
  const charge = await chargeToRefund(tx, id ? { charge: id, payment_intent: undefined } : params);
  const { instructions_email, reason = null } = params;
  const asked = {
    amount: await refundableAmount(tx, charge, params.amount),
    metadata: changeMetadata({}, params.metadata),
    reason,
    ...(instructions_email !== undefined && { instructions_email }),
  };
  return refund(tx, charge, asked);
});

const update = endpoint(shape({ metadata: optional(metadata) }), async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'refund', id);
  const after = { ...before, metadata: changeMetadata(before.metadata ?? {}, params.metadata) };
  await tx.objects.save(after);
  await tx.events.record('refund.updated', after, before);
  await tx.events.record('charge.refund.updated', after, before);
  return after;
});

const cancel = endpoint(shape({}), async ({ tx, id }) => {
  const asked = await findOr404(tx, 'refund', id);
  if (asked.status !== 'requires_action') {
    throw invalidRequest(`You can only cancel a refund that requires action; ${id} has the status ${asked.status}.`);
  }
  return cancelRefund(tx, asked);
});

const listAll = endpoint(
  shape({ ...pageParams, charge: optional(text), created, payment_intent: optional(text) }),
  ({ tx, params: { charge, payment_intent, ...rest }, path }) =>
    page(tx, 'refund', path, { ...rest, where: { charge, payment_intent } }),
);

const listOfCharge = endpoint(shape(pageParams), ({ tx, params, id, path }) =>
  page(tx, 'refund', path, { ...params, where: { charge: id } }),
);

const retrieveOfCharge = endpoint(shape({}), ({ tx, nested }) => findOr404(tx, 'refund', nested));

export function refundRoutes(api: ApiRouter): void {
  api.post('/refunds', create);
  // Of older versions: the charge in the path.
  api.post('/charges/:id/refunds', create);
  api.get('/charges/:id/refunds', listOfCharge);
  api.get('/charges/:id/refunds/:nested', retrieveOfCharge);
  api.get('/refunds', listAll);
  api.get('/refunds/:id', retrieving('refund'));
  api.post('/refunds/:id', update);
  api.post('/refunds/:id/cancel', cancel);
}
