import type { Response } from 'express';
import type { Env } from '../config/env.js';
import { textsFor } from './texts/texts.js';

/**
 * Leads to a page of the payment provider. After a form, browsers follow a redirect only to an origin of `form-action`
 * (response-headers.ts). For any other host, such as a custom domain, a page of ours navigates there instead, which is not the
 * redirect of a form. Clients that are not a browser navigating to a page, by `Sec-Fetch-Mode`, are always redirected.
 * @param user for the page's head
 */
export function leaveTo(url: string, response: Response, { env, user }: { env: Env; user: object }): void {
  const { href, origin } = new URL(url);
  const mayBeBlocked = response.req.get('sec-fetch-mode') === 'navigate';
  if (!mayBeBlocked || env.stripe?.checkoutOrigins.includes(origin)) return response.redirect(303, href);
  response.setHeader('Refresh', `0; url=${href}`);
  response.setHeader('Cache-Control', 'no-store');
  response.status(200).render('to-checkout', { user, title: textsFor(response).t('toCheckout.title'), url: href });
}
