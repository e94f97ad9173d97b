import express, { type Router } from 'express';
import type { Ledger } from '../ledger.js';
import { answerAuthentication, showAuthentication } from './authenticate-page.js';
import { showPayPage, submitPayPage } from './pay-page.js';

/** Hosted Checkout: what a customer sees at a session's `url`. */
export function checkoutPages(ledger: Ledger, bankDebitDelayMs: number): Router {
  const form = express.urlencoded({ extended: false, limit: '64kb' });
  const router = express.Router();
  router.route('/:id').get(showPayPage(ledger)).post(form, submitPayPage(ledger, bankDebitDelayMs));
  router.route('/:id/authenticate').get(showAuthentication(ledger)).post(form, answerAuthentication(ledger));
  return router;
}
