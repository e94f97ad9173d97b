import express, { type Request, type Router } from 'express';
import { NO_REQUEST, type Ledger, type Tx } from '../ledger.js';
import { boolean, currency, integer, oneOf, optional, shape, text, type ValueOf } from '../manners/params/index.js';
import { invalidRequest, missingParameter } from '../manners/refusals.js';
import { disputedAmount, raiseDispute } from '../payments/disputes.js';
import { DISPUTE_KINDS, DISPUTE_REASONS } from '../payments/new-dispute.js';
import type { Charge, Dispute } from '../wire.js';
import { answerControl } from './control-answers.js';
import { paidCharge } from './paid-charge.js';

const complaint = {
  amount: optional(integer({ min: 1 })),
  currency: optional(currency),
  kind: optional(oneOf(...DISPUTE_KINDS)),
  reason: optional(oneOf(...DISPUTE_REASONS)),
  refundable: optional(boolean),
};
const ofPayment = shape(complaint);
const ofCharge = shape({ ...complaint, charge: optional(text), payment_intent: optional(text) });

type Asked<P = object> = Request<P, unknown, object | undefined>;

/**
 * The customer complains to their bank: `POST /_sandbox/payments/:id/dispute`, or `POST /_sandbox/disputes` with a `charge`
 * or a `payment_intent`. A charge may be disputed more than once, up to what was captured of it.
 */
export function disputeRoutes(ledger: Ledger): Router {
  const router = express.Router();
  const raise = (id: string, asked: ValueOf<typeof ofPayment>): Promise<Dispute> =>
    ledger.change(NO_REQUEST, async (tx) => {
      const charge = await paidCharge(tx, id);
      const { kind = 'chargeback', reason = 'fraudulent', currency: in_ = charge.currency, refundable } = asked;
      const amount = asked.amount ?? (await undisputed(tx, charge));
      if (in_ === charge.currency && (amount === 0 || amount > (await undisputed(tx, charge)))) {
        throw invalidRequest(
          `So much of ${charge.id} cannot be disputed: it was not paid, or is disputed already`,
          'amount',
        );
      }
      return raiseDispute(tx, charge, { kind, reason, amount, currency: in_, refundable });
    });

  router.post('/payments/:id/dispute', async (request: Asked<{ id: string }>, response) => {
    answerControl(request, response, await raise(request.params.id, ofPayment(request.body ?? {}, '')));
  });
  router.post('/disputes', async (request: Asked, response) => {
    const { charge, payment_intent, ...asked } = ofCharge(request.body ?? {}, '');
    const id = charge ?? payment_intent;
    if (id === undefined) throw missingParameter('charge');
    answerControl(request, response, await raise(id, asked));
  });
  return router;
}

/** What no bank has taken back yet. */
const undisputed = async (tx: Tx, charge: Charge): Promise<number> =>
  charge.amount_captured - (await disputedAmount(tx, charge));
