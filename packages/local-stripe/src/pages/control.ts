import express, { type Router } from 'express';
import type { Controls } from '../controls.js';
import { clockRoutes } from '../time/clock-routes.js';
import { faultRoutes } from '../faults/fault-routes.js';
import type { Ledger } from '../ledger.js';
import { answerControl, answerControlErrors, bodyAsForm, ownPagesOnly } from './control-answers.js';
import { deliveryRoutes } from './delivery-routes.js';
import { captureRoutes } from './capture-routes.js';
import { disputeRoutes } from './dispute-routes.js';
import { refundRoute } from './refund-route.js';
import { warningRoute } from './warning-route.js';

/**
 * The control API, below `/_sandbox`, where Stripe has nothing: what tests and the page's buttons say. It takes JSON and
 * forms, and answers JSON, or leads a browser back to the page.
 */
export function controlRoutes(ledger: Ledger, controls: Controls, log: (line: string) => void): Router {
  const router = express.Router();
  const form = express.urlencoded({ extended: false, limit: '64kb' });
  router.use(ownPagesOnly, express.json({ limit: '64kb' }), form, bodyAsForm);
  router.use('/faults', faultRoutes(controls.misbehaviour));
  router.use('/clock', clockRoutes(controls));
  router.post('/reset', async (request, response) => {
    await controls.reset();
    answerControl(request, response, { reset: true });
  });
  router.use(
    deliveryRoutes(controls),
    disputeRoutes(ledger),
    captureRoutes(ledger),
    refundRoute(ledger),
    warningRoute(ledger),
  );
  router.use(answerControlErrors(log));
  return router;
}
