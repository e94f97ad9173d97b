import type { Response } from 'express';
import { setFlash } from '../../http/flash.js';
import { PageError, providerUnavailable } from '../../http/page-error.js';
import { phrase, type TextKey, textsFor } from '../../http/texts/texts.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import type { PlanActionResult } from './plan-actions.service.js';

/** Also for a plan, an invoice or a change of somebody else, so that nobody learns which ids exist. */
export const planNotFound = () => new PageError(404, phrase('error.noPlan.title'), phrase('error.noPlan.text'));

/** The result of what calls Stripe; a 503 page where that does not answer, or refuses. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StripeUnavailableError || error instanceof StripeRefusedError)
      throw providerUnavailable(error);
    throw error;
  }
}

/** Said of what was done; all other texts say why nothing was. */
const GOOD: ReadonlySet<TextKey> = new Set([
  'plan.done.ending',
  'plan.done.kept',
  'plan.done.resumed',
  'change.done',
  'change.givenUp',
]);

/** Leads to a page that says how it went. */
export async function leadTo(path: string, words: TextKey, response: Response): Promise<void> {
  await setFlash(response.req, { kind: GOOD.has(words) ? 'good' : 'bad', text: textsFor(response).t(words) });
  response.redirect(303, path);
}

/** Leads to the account, which says what became of an action. */
export async function leadToAccount(result: PlanActionResult, done: TextKey, response: Response): Promise<void> {
  if (result === 'unknown') throw planNotFound();
  await leadTo('/account', result === 'done' ? done : `plan.${result}`, response);
}
