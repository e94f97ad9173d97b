import type { RequestHandler } from 'express';
import type { Store } from '../state/store.js';
import { formatAmount } from '../model/money.js';
import { originOf } from '../http/origin.js';
import { allowFormsTo } from '../http/security-headers.js';
import { findSession } from './found-session.js';
import { browserRequest, redirectAfterForm, shopOrigins, showEnd, showForm } from './answers.js';
import { authenticated } from './submit.js';
import { waitingFor } from './waiting-authentication.js';

type Handler = RequestHandler<{ id: string }, unknown, { outcome?: unknown } | undefined>;

const PAYMENT_REQUIRED = 402;

/** The authentication page (3D Secure) of a Checkout Session. */
export const showAuthentication =
  (store: Store): Handler =>
  async ({ params }, response) => {
    const found = await findSession(store, params.id);
    if (!found) return showEnd(response, undefined);
    const { session } = found;
    const waiting = await store.read((tx) => waitingFor(tx, session));
    if (!waiting) return redirectAfterForm(response, store, session.id);

    const { payment, method } = waiting;
    allowFormsTo(response, shopOrigins(session));
    const amount = payment && formatAmount(payment.amount, payment.currency);
    response.render('authenticate', { title: 'Authenticate', amount, last4: method.card?.last4 });
  };

export const answerAuthentication =
  (store: Store): Handler =>
  async (request, response) => {
    const found = await findSession(store, request.params.id);
    if (!found) return showEnd(response, undefined);

    const passed = request.body?.outcome === 'complete';
    const { session } = found;
    const result = await store.change(browserRequest(), (tx) =>
      authenticated(tx, session.id, passed, originOf(request)),
    );
    if (result.outcome !== 'failed') return redirectAfterForm(response, store, session.id);
    showForm(response.status(PAYMENT_REQUIRED), found, { alert: result.message });
  };
