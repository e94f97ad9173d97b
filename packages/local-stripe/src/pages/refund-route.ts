import express, { type Request, type Router } from 'express';
import { NO_REQUEST, type Ledger } from '../ledger.js';
import { oneOf, optional, shape } from '../manners/params/index.js';
import { invalidRequest, noSuch } from '../manners/refusals.js';
import { cancelRefund, failRefund, isOpenRefund, moveRefund, REFUND_STATUSES } from '../payments/refund-endings.js';
import { answerControl } from './control-answers.js';

const move = shape({
  failure_reason: optional(
    oneOf('declined', 'expired_or_canceled_card', 'insufficient_funds', 'lost_or_stolen_card', 'unknown'),
  ),
  status: oneOf(...REFUND_STATUSES),
});

/** `POST /_sandbox/refunds/:id` `{ "status": "pending" }`: what the bank, or the customer, makes of a refund. */
export function refundRoute(ledger: Ledger): Router {
  const router = express.Router();
  router.post('/refunds/:id', async (request: Request<{ id: string }, unknown, object | undefined>, response) => {
    const { status, failure_reason: reason = 'unknown' } = move(request.body ?? {}, '');
    const { id } = request.params;
    const moved = await ledger.change(NO_REQUEST, async (tx) => {
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
