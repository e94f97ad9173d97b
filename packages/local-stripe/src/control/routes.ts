import express, { type Router } from 'express';
import type { Controls } from './controls.js';
import { clockRoutes } from './clock-routes.js';
import { faultRoutes } from './fault-routes.js';
import type { Store } from '../state/store.js';
import { answerControl, answerControlErrors, bodyAsForm, ownPagesOnly } from './answers.js';
import { deliveryRoutes } from './delivery-routes.js';
import { captureRoutes, refundRoute } from './payment-routes.js';
import { settingsRoutes } from './settings-routes.js';
import { portalRoute } from './portal-route.js';
import { presentmentRoute } from './presentment-route.js';
import { disputeRoutes, warningRoute } from './dispute-routes.js';

/**
 * The control API for tests and for the dashboard's buttons, below `/_sandbox`, where Stripe has nothing. Takes JSON and
 * forms; answers JSON, or redirects a browser.
 */
export function controlRoutes(store: Store, controls: Controls, log: (line: string) => void): Router {
  const router = express.Router();
  const form = express.urlencoded({ extended: false, limit: '64kb' });
  router.use(ownPagesOnly, express.json({ limit: '64kb' }), form, bodyAsForm);
  router.use('/faults', faultRoutes(controls.faultRules));
  router.use(clockRoutes(controls));
  router.use('/settings', settingsRoutes(store));
  router.get('/ignored-parameters', (_request, response) => {
    response.json({ data: controls.unknownHere.ignored() });
  });
  router.post('/reset', async (request, response) => {
    await controls.reset();
    answerControl(request, response, { reset: true });
  });
  router.use(
    deliveryRoutes(store, controls),
    disputeRoutes(store),
    captureRoutes(store),
    refundRoute(store),
    warningRoute(store),
    presentmentRoute(store),
    portalRoute(store),
  );
  router.use(answerControlErrors(log));
  return router;
}
