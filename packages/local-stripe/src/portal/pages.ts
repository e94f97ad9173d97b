import express, { type Router } from 'express';
import type { Store } from '../state/store.js';
import { askToCancel, cancel, undoCancel } from './cancel.js';
import { changePlan, choosePlan, confirmPlan } from './change-plan.js';
import { saveDetails, showDetails } from './details.js';
import { done, home, start } from './home.js';
import { addCard, cardAdded, chooseDefault, newCard } from './payment-methods.js';
import { askToPause, pause, resume } from './pause.js';
import { portalPage } from './reply.js';
import { askForMethod, changeMethod, removeMethod } from './subscription-method.js';

const form = express.urlencoded({ extended: false, limit: '64kb' });

/** The customer portal: the pages at a portal session's `url`, below `/p/session`. */
export function portalPages(store: Store): Router {
  const router = express.Router();
  const page = (work: Parameters<typeof portalPage>[1]) => portalPage(store, work);
  router.get('/:id', page(start));
  router.get('/:id/home', page(home));
  router.get('/:id/done', page(done));
  router.route('/:id/subscriptions/:subscription/cancel').get(page(askToCancel)).post(form, page(cancel));
  router.route('/:id/subscriptions/:subscription/pause').get(page(askToPause)).post(form, page(pause));
  router.post('/:id/subscriptions/:subscription/resume', form, page(resume));
  router.post('/:id/subscriptions/:subscription/undo', form, page(undoCancel));
  router.get('/:id/subscriptions/:subscription/update', page(choosePlan));
  router.route('/:id/subscriptions/:subscription/confirm').get(page(confirmPlan)).post(form, page(changePlan));
  router
    .route('/:id/subscriptions/:subscription/payment-method')
    .get(page(askForMethod))
    .post(form, page(changeMethod));
  router.get('/:id/payment-methods/added', page(cardAdded));
  router.route('/:id/payment-methods/new').get(page(newCard)).post(form, page(addCard));
  router.post('/:id/payment-methods/:method/default', form, page(chooseDefault));
  router.post('/:id/payment-methods/:method/remove', form, page(removeMethod));
  router.route('/:id/details').get(page(showDetails)).post(form, page(saveDetails));
  return router;
}
