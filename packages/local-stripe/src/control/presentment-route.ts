import express, { type Request, type Router } from 'express';
import { currency, integer, shape } from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import type { Session } from '../model/wire.js';
import { NO_REQUEST, type Store } from '../state/store.js';
import { answerControl } from './answers.js';

const shown = shape({ amount: integer({ min: 1 }), currency });

/**
 * `POST /_sandbox/sessions/:id/presentment` `{ "amount": 1850, "currency": "eur" }`: the customer is shown another currency,
 * as with Adaptive Pricing. The session, its payment and what is refunded of it have `presentment_details` then.
 */
export function presentmentRoute(store: Store): Router {
  const router = express.Router();
  router.post(
    '/sessions/:id/presentment',
    async (request: Request<{ id: string }, unknown, object | undefined>, response) => {
      const { amount: presentment_amount, currency: presentment_currency } = shown(request.body ?? {}, '');
      const { id } = request.params;
      const changed = await store.change(NO_REQUEST, async ({ objects }): Promise<Session> => {
        const session = await objects.find('checkout.session', id);
        if (!session) throw noSuch('checkout.session', id, 'id', 404);
        if (session.payment_intent !== null) throw invalidRequest(`The payment of ${id} has begun`);
        const after = { ...session, presentment_details: { presentment_amount, presentment_currency } } as Session;
        await objects.save(after);
        return after;
      });
      answerControl(request, response, changed);
    },
  );
  return router;
}
