import type { Session } from '../wire.js';

/** Where a paid session sends the customer; empty: nowhere, as with a payment link that says so. */
export const successUrl = ({ success_url, id }: Session): string =>
  (success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', id);

/** Browsers hold the redirect that follows a form post to the page's form-action, so the shop has to be in it. */
export const shopOrigins = ({ success_url }: Session): string[] => (success_url ? [new URL(success_url).origin] : []);
