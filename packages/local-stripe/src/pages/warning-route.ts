import express, { type Request, type Router } from 'express';
import { NO_REQUEST, type Ledger } from '../ledger.js';
import { oneOf, optional, shape } from '../manners/params/index.js';
import { FRAUD_TYPES, raiseWarning } from '../payments/early-fraud-warnings.js';
import { answerControl } from './control-answers.js';
import { paidCharge } from './paid-charge.js';

const suspicion = shape({ fraud_type: optional(oneOf(...FRAUD_TYPES)) });

/** `POST /_sandbox/payments/:id/early_fraud_warning`: the card's bank warns of fraud, before anybody disputes. */
export function warningRoute(ledger: Ledger): Router {
  const router = express.Router();
  router.post(
    '/payments/:id/early_fraud_warning',
    async (request: Request<{ id: string }, unknown, object | undefined>, response) => {
      const { fraud_type: type = 'made_with_stolen_card' } = suspicion(request.body ?? {}, '');
      const warning = await ledger.change(NO_REQUEST, async (tx) =>
        raiseWarning(tx, await paidCharge(tx, request.params.id), type),
      );
      answerControl(request, response, warning);
    },
  );
  return router;
}
