import type { RequestHandler } from 'express';
import type { Store } from '../state/store.js';
import { originOf } from '../http/origin.js';
import { findSession } from './found-session.js';
import { browserRequest, redirectAfterForm, showEnd, showForm } from './answers.js';
import { offersOf, readForm } from './form.js';
import { hasTheirs, portalInstead } from './one-subscription.js';
import { submitPayment } from './submit.js';
import { filledIn } from './test-card-choice.js';
import { nowMs } from '../model/clock.js';

type Handler = RequestHandler<{ id: string }, unknown, Record<string, unknown> | undefined>;

const NOT_PROCESSED = 422;
const PAYMENT_REQUIRED = 402;

export const showPayPage =
  (store: Store): Handler =>
  async (request, response) => {
    const { params, query } = request;
    const found = await findSession(store, params.id);
    if (found?.session.status === 'open' && (await store.read((tx) => hasTheirs(tx, found.session)))) {
      const origin = originOf(request);
      const portal = await store.change(browserRequest(), (tx) => portalInstead(tx, found.session, origin));
      return response.redirect(303, portal);
    }
    if (found?.session.status === 'open')
      showForm(response, found, { filled: filledIn(query, found.session, new Date(nowMs())) });
    else showEnd(response, found?.session);
  };

export const submitPayPage =
  (store: Store): Handler =>
  async (request, response) => {
    const found = await findSession(store, request.params.id);
    if (!found) return showEnd(response, undefined);
    const { session } = found;
    if (session.status !== 'open') return redirectAfterForm(response, store, session.id);

    const reading = readForm(request.body ?? {}, offersOf(session));
    if ('problems' in reading) return showForm(response.status(NOT_PROCESSED), found, reading);

    const origin = originOf(request);
    const result = await store.change(browserRequest(), (tx) =>
      submitPayment(tx, session.id, reading.submission, origin),
    );
    switch (result.outcome) {
      case 'declined':
        return showForm(response.status(PAYMENT_REQUIRED), found, { typed: reading.typed, alert: result.message });
      case 'authenticate':
        return response.redirect(303, `/c/pay/${session.id}/authenticate`);
      case 'paid':
      case 'over':
        return redirectAfterForm(response, store, session.id);
    }
  };
