import type { Response } from 'express';
import type { Store } from '../state/store.js';
import { allowFormsTo } from '../http/security-headers.js';
import type { Session } from '../model/wire.js';
import { findSession, type Found } from './found-session.js';
import { payPage, type Shown } from './page-model.js';
import { randomUUID } from 'node:crypto';
import type { EventCause } from '../state/event-log.js';
import { newId } from '../model/ids.js';

/** The cause of events that a customer's browser leads to. */
export const browserRequest = (): EventCause => ({ id: newId('request'), idempotency_key: randomUUID() });

/** The address after payment; empty for a payment link without a redirect. */
export const successUrl = ({ success_url, id }: Session): string =>
  (success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', id);

/** For the page's CSP: browsers apply `form-action` to the redirect after a form post too. */
export const shopOrigins = ({ success_url }: Session): string[] => (success_url ? [new URL(success_url).origin] : []);

export function showForm(response: Response, found: Found, shown?: Shown): void {
  allowFormsTo(response, shopOrigins(found.session));
  response.render('pay', payPage(found, shown));
}

/** Answers with the page of a session that has ended, or 404 without a session. */
export function showEnd(response: Response, session: Session | undefined): void {
  response.status(session ? 200 : 404).render('ended', {
    title: 'Checkout',
    complete: session?.status === 'complete',
    expired: session?.status === 'expired',
    shopUrl: session && (session.status === 'complete' ? successUrl(session) : session.cancel_url),
  });
}

/** Redirects after a form post: to the shop where the session is complete, else to the session's page. */
export async function redirectAfterForm(response: Response, store: Store, id: string): Promise<void> {
  const session = (await findSession(store, id))?.session;
  const shop = session?.status === 'complete' ? successUrl(session) : '';
  response.redirect(303, shop || `/c/pay/${id}`);
}
