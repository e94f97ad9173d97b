import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  changeMetadata,
  emailAddress,
  emptyable,
  integer,
  metadata,
  oneOf,
  optional,
  shape,
  shipping,
  text,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import { capture } from '../payments/capture.js';
import type { Charge } from '../model/wire.js';
import { captureDirectly } from '../payments/charge-directly.js';
import { createCharge } from './new-charge.js';
import { amountToCapture } from './intent-steps.js';
import { retrieving, findOr404 } from './reading.js';

const changes = shape({
  description: optional(emptyable(text)),
  fraud_details: optional(shape({ user_report: oneOf('fraudulent', 'safe') })),
  metadata: optional(metadata),
  receipt_email: optional(emptyable(emailAddress)),
  shipping: optional(shipping),
  transfer_group: optional(text),
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'charge', id);
  const { metadata: asked, ...rest } = params;
  const mentioned = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const after: Charge = { ...before, ...mentioned, metadata: changeMetadata(before.metadata, asked) };
  await tx.objects.save(after);
  await tx.events.record('charge.updated', after, before);
  return after;
});

/** `POST /v1/charges/:id/capture`, older than Payment Intents: captures the charge's Payment Intent. */
const captureOne = endpoint(shape({ amount: optional(integer({ min: 1 })) }), async ({ tx, params, id }) => {
  const charge = await findOr404(tx, 'charge', id);
  const intent =
    charge.payment_intent === null ? undefined : await tx.objects.get('payment_intent', charge.payment_intent);
  if (charge.captured || charge.status !== 'succeeded' || (intent && intent.status !== 'requires_capture')) {
    throw invalidRequest(`Charge ${id} has already been captured, or cannot be.`, undefined, 'charge_already_captured');
  }
  if (!intent) {
    const captured = await captureDirectly(tx, charge, Math.min(params.amount ?? charge.amount, charge.amount));
    await tx.events.record('charge.captured', captured, charge);
    return captured;
  }
  await capture(tx, intent, amountToCapture(intent, params.amount, 'amount'));
  return findOr404(tx, 'charge', id);
});

const filters = shape({
  ...pageParams,
  created,
  customer: optional(text),
  payment_intent: optional(text),
  transfer_group: optional(text),
});

const listAll = endpoint(filters, ({ tx, params: { customer, payment_intent, transfer_group, ...rest }, path }) =>
  page(tx, 'charge', path, { ...rest, where: { customer, payment_intent, transfer_group } }),
);

export function chargeRoutes(api: ApiRouter): void {
  api.post('/charges', createCharge);
  api.get('/charges', listAll);
  api.get('/charges/search', searching('charge'));
  api.get('/charges/:id', retrieving('charge'));
  api.post('/charges/:id', update);
  api.post('/charges/:id/capture', captureOne);
}
