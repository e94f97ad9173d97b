import express, { type Router } from 'express';
import type { Controls } from '../controls.js';
import type { Ledger } from '../ledger.js';
import { eventsPage } from './all-events.js';
import { paymentsPage } from './all-payments.js';
import { eventPage } from './event-page.js';
import { homePage } from './home.js';
import { paymentPage } from './payment-page.js';
import { receiptPage } from './receipt.js';

/** The pages about what is in the sandbox. */
export function pageRoutes(ledger: Ledger, controls: Controls, forwardTo: string[]): Router {
  const router = express.Router();
  router.get('/', homePage(ledger, controls, forwardTo));
  router.get('/payments', paymentsPage(ledger));
  router.get('/payments/:id', paymentPage(ledger));
  router.get('/events', eventsPage(ledger));
  router.get('/events/:id', eventPage(ledger));
  router.get('/receipts/:id', receiptPage(ledger));
  return router;
}
