import express, { type Router } from 'express';
import type { Ledger } from '../ledger.js';
import { answerAuthentication, showAuthentication } from './authenticate-page.js';
import { answerIntentAuthentication, showIntentAuthentication } from './intent-authentication.js';
import { showPayPage, submitPayPage } from './pay-page.js';

const form = express.urlencoded({ extended: false, limit: '64kb' });

/** Hosted Checkout: what a customer sees at a session's `url`. */
export function checkoutPages(ledger: Ledger, bankDebitDelayMs: number): Router {
  const router = express.Router();
  router.route('/:id').get(showPayPage(ledger)).post(form, submitPayPage(ledger, bankDebitDelayMs));
  router.route('/:id/authenticate').get(showAuthentication(ledger)).post(form, answerAuthentication(ledger));
  return router;
}

/** Where a Payment Intent made over the API sends its customer. */
export function authenticationPages(ledger: Ledger): Router {
  const router = express.Router();
  router.route('/:id').get(showIntentAuthentication(ledger)).post(form, answerIntentAuthentication(ledger));
  return router;
}
