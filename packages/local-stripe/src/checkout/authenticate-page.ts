import type { RequestHandler } from 'express';
import type { Ledger } from '../ledger.js';
import { formatAmount } from '../money/format.js';
import { originOf } from '../origin.js';
import { allowFormsTo } from '../pages/security-headers.js';
import { leave, showEnd, showForm } from './answers.js';
import { customersRequest, findSession } from './found-session.js';
import { shopOrigins } from './return-to-shop.js';
import { authenticated, authenticationOf } from './submit.js';

type Handler = RequestHandler<{ id: string }, unknown, { outcome?: unknown } | undefined>;

const PAYMENT_REQUIRED = 402;

/** Where the customer's bank would ask for a code. */
export const showAuthentication =
  (ledger: Ledger): Handler =>
  async ({ params }, response) => {
    const found = await findSession(ledger, params.id);
    if (!found) return showEnd(response, undefined);
    const { session } = found;
    const waiting = await ledger.read((tx) => authenticationOf(tx, session));
    if (!waiting) return leave(response, ledger, session.id);

    const { intent, method } = waiting;
    allowFormsTo(response, shopOrigins(session));
    const amount = formatAmount(intent.amount, intent.currency);
    response.render('authenticate', { title: 'Authenticate', amount, last4: method.card?.last4 });
  };

export const answerAuthentication =
  (ledger: Ledger): Handler =>
  async (request, response) => {
    const found = await findSession(ledger, request.params.id);
    if (!found) return showEnd(response, undefined);

    const passed = request.body?.outcome === 'complete';
    const { session } = found;
    const result = await ledger.change(customersRequest(), (tx) =>
      authenticated(tx, session.id, passed, originOf(request)),
    );
    if (result.outcome !== 'failed') return leave(response, ledger, session.id);
    showForm(response.status(PAYMENT_REQUIRED), found, { alert: result.message });
  };
