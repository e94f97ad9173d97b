import type { Response } from 'express';
import type { Ledger } from '../ledger.js';
import { allowFormsTo } from '../pages/security-headers.js';
import type { Session } from '../wire.js';
import { findSession, type Found } from './found-session.js';
import { payPage, type Shown } from './page-model.js';
import { shopOrigins, successUrl } from './return-to-shop.js';

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
export async function leave(response: Response, ledger: Ledger, id: string): Promise<void> {
  const session = (await findSession(ledger, id))?.session;
  const shop = session?.status === 'complete' ? successUrl(session) : '';
  response.redirect(303, shop || `/c/pay/${id}`);
}
