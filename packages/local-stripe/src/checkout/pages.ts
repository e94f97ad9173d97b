import express, { type Router } from 'express';
import type { Store } from '../state/store.js';
import { answerAuthentication, showAuthentication } from './authenticate-page.js';
import { answerIntentAuthentication, showIntentAuthentication } from './intent-authentication.js';
import { answerSetupAuthentication, isSetup, showSetupAuthentication } from './setup-authentication.js';
import { submitCode } from './promotion-code.js';
import { showPayPage, submitPayPage } from './pay-page.js';

const form = express.urlencoded({ extended: false, limit: '64kb' });

/** Hosted Checkout: the pages at a session's `url`. */
export function checkoutPages(store: Store): Router {
  const router = express.Router();
  router.route('/:id').get(showPayPage(store)).post(form, submitPayPage(store));
  router.post('/:id/promotion-code', form, submitCode(store));
  router.route('/:id/authenticate').get(showAuthentication(store)).post(form, answerAuthentication(store));
  return router;
}

/** The page that `next_action` of a Payment Intent or a Setup Intent leads to. */
export function authenticationPages(store: Store): Router {
  const router = express.Router();
  const setups = express.Router({ mergeParams: true });
  setups.route('/').get(showSetupAuthentication(store)).post(form, answerSetupAuthentication(store));
  router.use('/:id', (request, response, next) =>
    isSetup(request.params.id) ? setups(request, response, next) : next(),
  );
  router.route('/:id').get(showIntentAuthentication(store)).post(form, answerIntentAuthentication(store));
  return router;
}
