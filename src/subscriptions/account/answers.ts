import { PageError, providerUnavailable } from '../../http/page-error.js';
import { phrase } from '../../http/texts/texts.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';

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
