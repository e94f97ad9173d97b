import type { RequestHandler } from 'express';
import { newSession } from '../api/new-session.js';
import { sumOf, totalOf } from '../api/line-items.js';
import { requote } from '../api/session-discounts.js';
import { looksLikeEmail } from '../conventions/params/readers.js';
import type { Store } from '../state/store.js';
import { originOf } from '../http/origin.js';
import type { Session } from '../model/wire.js';
import { browserRequest } from './answers.js';

/** A valid `client_reference_id`; Stripe silently ignores others. */
const REFERENCE = /^[\w-]{1,200}$/;

/** `GET /b/:id`: each visit to a payment link creates a Checkout Session. Takes `client_reference_id` and `prefilled_email`. */
export const visitPaymentLink =
  (store: Store): RequestHandler<{ id: string }> =>
  async (request, response) => {
    const { client_reference_id: reference, prefilled_email: email } = request.query;
    const session = await store.change(browserRequest(), async (tx): Promise<Session | undefined> => {
      const link = await tx.objects.find('payment_link', request.params.id);
      if (!link?.active) return undefined;
      const notes = await tx.objects.notes('payment_link', link.id);
      const { redirect } = link.after_completion;
      const recurs = notes.lineItems.some(({ price }) => price?.recurring);
      const asked = {
        allow_promotion_codes: link.allow_promotion_codes,
        metadata: link.metadata,
        ...(recurs
          ? { mode: 'subscription' as const }
          : { mode: 'payment' as const, payment_intent_data: notes.paymentIntent }),
        payment_link: link.id,
        ...(redirect && { success_url: redirect.url }),
        ...(typeof reference === 'string' && REFERENCE.test(reference) && { client_reference_id: reference }),
        ...(typeof email === 'string' && looksLikeEmail(email) && { customer_email: email }),
      };
      const opened = newSession(asked, (recurs ? sumOf : totalOf)(notes.lineItems), originOf(request));
      await tx.objects.insert(opened);
      await tx.objects.note('checkout.session', opened.id, notes);
      await tx.timers.set('expire_session', opened.id, opened.expires_at * 1000);
      return recurs ? requote(tx, opened) : opened;
    });
    if (session) response.redirect(303, `/c/pay/${session.id}`);
    else response.status(404).render('ended', { title: 'Payment link' });
  };
