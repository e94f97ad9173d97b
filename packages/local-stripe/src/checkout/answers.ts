import type { Response } from 'express';
import type { Store } from '../state/store.js';
import { allowFormsTo } from '../http/security-headers.js';
import type { LineItem, Session } from '../wire.js';
import { payPage, type Shown } from './page-model.js';
import { randomUUID } from 'node:crypto';
import type { EventCause } from '../events/event-log.js';
import { newId } from '../ids.js';

/** A session and what is bought in it. */
export interface Found {
  session: Session;
  items: LineItem[];
}

export const findSession = (store: Store, id: string): Promise<Found | undefined> =>
  store.read(async ({ objects }) => {
    const session = await objects.find('checkout.session', id);
    return session && { session, items: (await objects.notes('checkout.session', id)).lineItems };
  });

/** A customer's browser, as events name the request that caused them. */
export const browserRequest = (): EventCause => ({ id: newId('request'), idempotency_key: randomUUID() });

/** Where a paid session sends the customer; empty: nowhere, as with a payment link that says so. */
export const successUrl = ({ success_url, id }: Session): string =>
  (success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', id);

/** Browsers hold the redirect that follows a form post to the page's form-action, so the shop has to be in it. */
export const shopOrigins = ({ success_url }: Session): string[] => (success_url ? [new URL(success_url).origin] : []);

export function showForm(response: Response, { session, items }: Found, shown?: Shown): void {
  allowFormsTo(response, shopOrigins(session));
  response.render('pay', payPage(session, items, shown));
}

/** The page of a session that is over, or of none. */
export function showEnd(response: Response, session: Session | undefined): void {
  response.status(session ? 200 : 404).render('ended', {
    title: 'Checkout',
    complete: session?.status === 'complete',
    expired: session?.status === 'expired',
    shopUrl: session && (session.status === 'complete' ? successUrl(session) : session.cancel_url),
  });
}

/** Away after a form: to the shop when the session is complete, else to what there is to see of it. */
export async function redirectAfterForm(response: Response, store: Store, id: string): Promise<void> {
  const session = (await findSession(store, id))?.session;
  const shop = session?.status === 'complete' ? successUrl(session) : '';
  response.redirect(303, shop || `/c/pay/${id}`);
}
