import express, { type Router } from 'express';
import type { Store } from '../state/store.js';
import { customerPage } from './customer.js';
import { invoicePage } from './invoice.js';
import { customersPage, invoicesPage, subscriptionsPage } from './lists.js';
import { subscriptionPage } from './subscription.js';

/** The dashboard's pages of billing. */
export function billingPages(store: Store): Router {
  const router = express.Router();
  router.get('/customers', customersPage(store));
  router.get('/customers/:id', customerPage(store));
  router.get('/subscriptions', subscriptionsPage(store));
  router.get('/subscriptions/:id', subscriptionPage(store));
  router.get('/invoices', invoicesPage(store));
  router.get('/invoices/:id', invoicePage(store));
  return router;
}
