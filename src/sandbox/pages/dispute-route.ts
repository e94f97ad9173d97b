import express, { type Request, type Router } from 'express';
import { NO_REQUEST, type Ledger, type Tx } from '../ledger.js';
import { oneOf, optional, shape } from '../manners/params/index.js';
import { invalidRequest, noSuch } from '../manners/refusals.js';
import { raiseDispute } from '../payments/disputes.js';
import type { Charge } from '../wire.js';
import { answerControl } from './control-answers.js';

const complaint = shape({
  kind: optional(oneOf('chargeback', 'inquiry')),
  reason: optional(oneOf('fraudulent', 'product_not_received', 'general')),
});

type Asked = Request<{ id: string }, unknown, object | undefined>;

/** `POST /_sandbox/payments/:id/dispute`: the customer of this Payment Intent or charge complains to their bank. */
export function disputeRoute(ledger: Ledger): Router {
  const router = express.Router();
  router.post('/payments/:id/dispute', async (request: Asked, response) => {
    const { id } = request.params;
    const { kind = 'chargeback', reason = 'fraudulent' } = complaint(request.body ?? {}, '');
    const dispute = await ledger.change(NO_REQUEST, async (tx) =>
      raiseDispute(tx, await disputable(tx, id), { kind, reason }),
    );
    answerControl(request, response, dispute);
  });
  return router;
}

async function disputable({ objects }: Tx, id: string): Promise<Charge> {
  const intent = await objects.find('payment_intent', id);
  const charge = await objects.find('charge', intent ? (intent.latest_charge ?? '') : id);
  if (!charge) throw noSuch('payment', id, 'id', 404);
  if (charge.status !== 'succeeded' || charge.disputed) {
    throw invalidRequest(`${charge.id} cannot be disputed: it is not paid, or disputed already`, 'id');
  }
  return charge;
}
