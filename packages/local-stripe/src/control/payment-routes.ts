import express, { type Request, type Router } from 'express';
import { amountToCapture } from '../api/intent-steps.js';
import { type Store, NO_REQUEST, type Tx } from '../state/store.js';
import { integer, oneOf, optional, shape } from '../conventions/params/index.js';
import { invalidRequest, noSuch, wrongState } from '../conventions/errors.js';
import { cancelIntent, capture } from '../payments/capture.js';
import type { PaymentIntent } from '../model/wire.js';
import { answerControl } from './answers.js';
import { cancelRefund, failRefund, isOpenRefund, moveRefund, REFUND_STATUSES } from '../payments/refund-endings.js';

const part = shape({ amount: optional(integer({ min: 1 })) });

type Asked = Request<{ id: string }, unknown, object | undefined>;

/** `POST /_sandbox/payments/:id/capture`, of an `amount` or all, and `…/cancel`, as a seller does in Stripe's Dashboard. */
export function captureRoutes(store: Store): Router {
  const router = express.Router();
  router.post('/payments/:id/capture', async (request: Asked, response) => {
    const { amount } = part(request.body ?? {}, '');
    const captured = await store.change(NO_REQUEST, async (tx) => {
      const intent = await authorizedIntent(tx, request.params.id);
      return capture(tx, intent, amountToCapture(intent, amount, 'amount'));
    });
    answerControl(request, response, captured);
  });
  router.post('/payments/:id/cancel', async (request: Asked, response) => {
    const canceled = await store.change(NO_REQUEST, async (tx) =>
      cancelIntent(tx, await authorizedIntent(tx, request.params.id), 'requested_by_customer'),
    );
    answerControl(request, response, canceled);
  });
  return router;
}

async function authorizedIntent({ objects }: Tx, id: string): Promise<PaymentIntent> {
  const intent = await objects.find('payment_intent', id);
  if (!intent) throw noSuch('payment_intent', id, 'id', 404);
  if (intent.status !== 'requires_capture')
    throw wrongState(`${id} waits for no capture: it is ${intent.status}`, intent);
  return intent;
}

const move = shape({
  failure_reason: optional(
    oneOf('declined', 'expired_or_canceled_card', 'insufficient_funds', 'lost_or_stolen_card', 'unknown'),
  ),
  status: oneOf(...REFUND_STATUSES),
});

/** `POST /_sandbox/refunds/:id` `{ "status": "pending" }`: moves a refund to another status, as bank or customer do. */
export function refundRoute(store: Store): Router {
  const router = express.Router();
  router.post('/refunds/:id', async (request: Request<{ id: string }, unknown, object | undefined>, response) => {
    const { status, failure_reason: reason = 'unknown' } = move(request.body ?? {}, '');
    const { id } = request.params;
    const moved = await store.change(NO_REQUEST, async (tx) => {
      const refund = await tx.objects.find('refund', id);
      if (!refund) throw noSuch('refund', id, 'id', 404);
      if (!isOpenRefund(refund)) throw invalidRequest(`${id} is ${String(refund.status)}, and stays so`, 'status');
      if (status === 'failed') return failRefund(tx, refund, reason);
      return status === 'canceled' ? cancelRefund(tx, refund) : moveRefund(tx, refund, status);
    });
    answerControl(request, response, moved);
  });
  return router;
}
