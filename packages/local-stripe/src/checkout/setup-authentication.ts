import type { RequestHandler } from 'express';
import { allowFormsTo } from '../http/security-headers.js';
import type { PaymentMethod, SetupIntent } from '../model/wire.js';
import { failSetupAuthentication, succeedSetup } from '../payments/set-up.js';
import type { Store, Tx } from '../state/store.js';
import { browserRequest } from './answers.js';
import { nothingWaits } from './intent-authentication.js';

type Handler = RequestHandler<{ id: string }, unknown, { outcome?: unknown } | undefined>;

/** Whether an authentication page is that of a Setup Intent. */
export const isSetup = (id: string): boolean => id.startsWith('seti_');

/** The authentication page of a Setup Intent. */
export const showSetupAuthentication =
  (store: Store): Handler =>
  async ({ params }, response) => {
    const waiting = await store.read((tx) => waitingSetup(tx, params.id));
    if (!waiting) return nothingWaits(response);
    if (waiting.returnUrl !== undefined) allowFormsTo(response, [new URL(waiting.returnUrl).origin]);
    response.render('authenticate', { title: 'Authenticate', last4: waiting.method.card?.last4 });
  };

/** Completes or fails the setup, and goes back to the return URL, where there is one. */
export const answerSetupAuthentication =
  (store: Store): Handler =>
  async (request, response) => {
    const passed = request.body?.outcome === 'complete';
    const answered = await store.change(browserRequest(), async (tx) => {
      const waiting = await waitingSetup(tx, request.params.id);
      if (!waiting) return undefined;
      const { intent, method } = waiting;
      await (passed ? succeedSetup(tx, intent, method) : failSetupAuthentication(tx, intent, method));
      return waiting;
    });
    if (!answered) return nothingWaits(response);
    if (answered.returnUrl === undefined) return response.render('ended', { title: 'Authenticate', complete: passed });
    const target = new URL(answered.returnUrl);
    target.searchParams.set('setup_intent', request.params.id);
    target.searchParams.set('setup_intent_client_secret', answered.intent.client_secret ?? '');
    target.searchParams.set('redirect_status', passed ? 'succeeded' : 'failed');
    response.redirect(303, target.href);
  };

interface WaitingSetup {
  intent: SetupIntent;
  method: PaymentMethod;
  returnUrl: string | undefined;
}

/** A Setup Intent that waits for the customer's authentication, with its payment method; undefined where none does. */
export async function waitingSetup({ objects }: Tx, id: string): Promise<WaitingSetup | undefined> {
  const intent = await objects.find('setup_intent', id);
  if (intent?.status !== 'requires_action' || intent.payment_method === null) return undefined;
  const method = await objects.get('payment_method', String(intent.payment_method));
  return { intent, method, returnUrl: (await objects.findNotes('setup_intent', id))?.returnUrl };
}
