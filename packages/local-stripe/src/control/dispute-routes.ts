import express, { type Request, type Router } from 'express';
import { type Store, NO_REQUEST, type Tx } from '../state/store.js';
import { boolean, currency, integer, oneOf, optional, shape, text, type ValueOf } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { disputedAmount, raiseDispute } from '../payments/disputes.js';
import { DISPUTE_KINDS, DISPUTE_REASONS } from '../payments/new-dispute.js';
import type { Charge, Dispute } from '../model/wire.js';
import { answerControl } from './answers.js';
import { FRAUD_TYPES, raiseWarning } from '../payments/early-fraud-warnings.js';

/** The captured charge by its id or by its Payment Intent's. Throws ApiError. */
export async function paidCharge({ objects }: Tx, id: string): Promise<Charge> {
  const intent = await objects.find('payment_intent', id);
  const charge = await objects.find('charge', intent ? (intent.latest_charge ?? '') : id);
  if (!charge) throw noSuch('payment', id, 'id', 404);
  if (!charge.captured) throw invalidRequest(`${charge.id} is not paid`, 'id');
  return charge;
}

const details = {
  amount: optional(integer({ min: 1 })),
  currency: optional(currency),
  kind: optional(oneOf(...DISPUTE_KINDS)),
  reason: optional(oneOf(...DISPUTE_REASONS)),
  refundable: optional(boolean),
};
const ofPayment = shape(details);
const ofCharge = shape({ ...details, charge: optional(text), payment_intent: optional(text) });

type Asked<P = object> = Request<P, unknown, object | undefined>;

/**
 * Disputes a charge: `POST /_sandbox/payments/:id/dispute`, or `POST /_sandbox/disputes` with a `charge`
 * or a `payment_intent`. A charge may be disputed more than once, up to what was captured of it.
 */
export function disputeRoutes(store: Store): Router {
  const router = express.Router();
  const raise = (id: string, asked: ValueOf<typeof ofPayment>): Promise<Dispute> =>
    store.change(NO_REQUEST, async (tx) => {
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

/** The amount that is not disputed yet, in minor units. */
const undisputed = async (tx: Tx, charge: Charge): Promise<number> =>
  charge.amount_captured - (await disputedAmount(tx, charge));

const suspicion = shape({ fraud_type: optional(oneOf(...FRAUD_TYPES)) });

/** `POST /_sandbox/payments/:id/early_fraud_warning`: creates an early fraud warning. */
export function warningRoute(store: Store): Router {
  const router = express.Router();
  router.post(
    '/payments/:id/early_fraud_warning',
    async (request: Request<{ id: string }, unknown, object | undefined>, response) => {
      const { fraud_type: type = 'made_with_stolen_card' } = suspicion(request.body ?? {}, '');
      const warning = await store.change(NO_REQUEST, async (tx) =>
        raiseWarning(tx, await paidCharge(tx, request.params.id), type),
      );
      answerControl(request, response, warning);
    },
  );
  return router;
}
