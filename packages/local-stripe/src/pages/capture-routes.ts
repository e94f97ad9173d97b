import express, { type Request, type Router } from 'express';
import { amountToCapture } from '../api/capturable.js';
import { NO_REQUEST, type Ledger, type Tx } from '../ledger.js';
import { integer, optional, shape } from '../manners/params/index.js';
import { noSuch, wrongState } from '../manners/refusals.js';
import { cancelIntent, capture } from '../payments/capture.js';
import type { PaymentIntent } from '../wire.js';
import { answerControl } from './control-answers.js';

const part = shape({ amount: optional(integer({ min: 1 })) });

type Asked = Request<{ id: string }, unknown, object | undefined>;

/** The seller in Stripe's Dashboard: `POST /_sandbox/payments/:id/capture`, with an `amount` or all of it, and `…/cancel`. */
export function captureRoutes(ledger: Ledger): Router {
  const router = express.Router();
  router.post('/payments/:id/capture', async (request: Asked, response) => {
    const { amount } = part(request.body ?? {}, '');
    const captured = await ledger.change(NO_REQUEST, async (tx) => {
      const intent = await authorizedIntent(tx, request.params.id);
      return capture(tx, intent, amountToCapture(intent, amount, 'amount'));
    });
    answerControl(request, response, captured);
  });
  router.post('/payments/:id/cancel', async (request: Asked, response) => {
    const canceled = await ledger.change(NO_REQUEST, async (tx) =>
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
