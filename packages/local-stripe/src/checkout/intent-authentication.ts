import type { RequestHandler, Response } from 'express';
import type { Store, Tx } from '../state/store.js';
import { formatAmount } from '../model/money.js';
import { originOf } from '../http/origin.js';
import { allowFormsTo } from '../http/security-headers.js';
import { failAuthentication } from '../payments/authentication.js';
import { applyTestCardEffects, charge, declineAuthenticated } from '../payments/pay.js';
import { browserRequest } from './answers.js';

type Handler = RequestHandler<{ id: string }, unknown, { outcome?: unknown } | undefined>;

/** The authentication page of a Payment Intent without a Checkout Session. */
export const showIntentAuthentication =
  (store: Store): Handler =>
  async ({ params }, response) => {
    const waiting = await store.read((tx) => waitingFor(tx, params.id));
    if (!waiting) return nothingWaits(response);
    const { intent, method, returnUrl } = waiting;
    if (returnUrl !== undefined) allowFormsTo(response, [new URL(returnUrl).origin]);
    const amount = formatAmount(intent.amount, intent.currency);
    response.render('authenticate', { title: 'Authenticate', amount, last4: method.card?.last4 });
  };

export const answerIntentAuthentication =
  (store: Store): Handler =>
  async (request, response) => {
    const completes = request.body?.outcome === 'complete';
    const answered = await store.change(browserRequest(), async (tx) => {
      const waiting = await waitingFor(tx, request.params.id);
      if (!waiting) return undefined;
      const { intent, method } = waiting;
      if (!completes) await failAuthentication(tx, intent, method);
      else if ((await declineAuthenticated(tx, intent, method)) === undefined) {
        await applyTestCardEffects(tx, (await charge(tx, intent, method, originOf(request))).charge);
        return { ...waiting, passed: true };
      }
      return { ...waiting, passed: false };
    });
    if (!answered) return nothingWaits(response);
    const { passed } = answered;
    // Without a return URL, the client polls the Payment Intent.
    if (answered.returnUrl === undefined) return response.render('ended', { title: 'Authenticate', complete: passed });
    const target = new URL(answered.returnUrl);
    target.searchParams.set('payment_intent', request.params.id);
    target.searchParams.set('redirect_status', passed ? 'succeeded' : 'failed');
    response.redirect(303, target.href);
  };

async function waitingFor({ objects }: Tx, id: string) {
  const intent = await objects.find('payment_intent', id);
  if (intent?.status !== 'requires_action' || intent.payment_method === null) return undefined;
  const method = await objects.get('payment_method', intent.payment_method);
  // These wait for a payment elsewhere.
  if (method.type === 'konbini' || method.type === 'customer_balance') return undefined;
  return { intent, method, returnUrl: (await objects.notes('payment_intent', id)).returnUrl };
}

export function nothingWaits(response: Response): void {
  response.status(404).render('ended', { title: 'Authenticate' });
}
