import express, { type Router } from 'express';
import type { Controls } from '../control/controls.js';
import type { Store } from '../state/store.js';
import { eventPage, eventsPage } from './events.js';
import { paymentPage, paymentsPage } from './payments.js';
import { receiptPage } from './receipt.js';
import { homePage } from './home.js';
import { showSections } from './sections.js';

/** The dashboard. */
export function pageRoutes(store: Store, controls: Controls, forwardTo: string[]): Router {
  const router = express.Router();
  router.use(showSections);
  router.get('/', homePage(store, controls, forwardTo));
  router.get('/payments', paymentsPage(store));
  router.get('/payments/:id', paymentPage(store));
  router.get('/events', eventsPage(store));
  router.get('/events/:id', eventPage(store));
  router.get('/receipts/:id', receiptPage(store));
  return router;
}
