import { nowMs } from '../clock.js';
import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import { changeMetadata, integer, metadata, oneOf, optional, shape, text } from '../manners/params/index.js';
import { refundsFailLater } from '../payments/refunds-fail-later.js';
import { refund } from '../payments/refunds.js';
import { retrieving, theOne } from './reading.js';
import { chargeToRefund, refundableAmount } from './refundable.js';

const request = shape({
  amount: optional(integer({ min: 1 })),
  charge: optional(text),
  metadata: optional(metadata),
  payment_intent: optional(text),
  reason: optional(oneOf('duplicate', 'fraudulent', 'requested_by_customer')),
});

/** `failureDelayMs`: how long the refund of a 5126 card looks as if it had succeeded. */
const create = (failureDelayMs: number) =>
  endpoint(request, async ({ tx, params }) => {
    const charge = await chargeToRefund(tx, params);
    const made = await refund(tx, charge, {
      amount: refundableAmount(charge, params.amount),
      metadata: changeMetadata({}, params.metadata),
      reason: params.reason ?? null,
    });
    if (refundsFailLater(charge)) await tx.timers.set('fail_refund', made.id, nowMs() + failureDelayMs);
    return made;
  });

const update = endpoint(shape({ metadata: optional(metadata) }), async ({ tx, params, id }) => {
  const before = await theOne(tx, 'refund', id);
  const after = { ...before, metadata: changeMetadata(before.metadata ?? {}, params.metadata) };
  await tx.objects.save(after);
  await tx.events.record('refund.updated', after, before);
  await tx.events.record('charge.refund.updated', after, before);
  return after;
});

const listAll = endpoint(
  shape({ ...pageParams, charge: optional(text), created, payment_intent: optional(text) }),
  ({ tx, params: { charge, payment_intent, ...rest }, path }) =>
    page(tx, 'refund', path, { ...rest, where: { charge, payment_intent } }),
);

export function refundRoutes(api: ApiRouter, failureDelayMs: number): void {
  api.post('/refunds', create(failureDelayMs));
  api.get('/refunds', listAll);
  api.get('/refunds/:id', retrieving('refund'));
  api.post('/refunds/:id', update);
}
