import { HttpException } from '@nestjs/common';

/** A page that tells a customer what went wrong, in words meant for them. `cause` is for the log alone. */
export class PageError extends HttpException {
  constructor(
    status: number,
    readonly title: string,
    readonly explanation: string,
    options?: { cause: unknown },
  ) {
    super(title, status, options);
  }
}

/** The same for what does not exist and for what is somebody else's. */
export const paymentNotFound = () =>
  new PageError(404, 'Payment not found', 'We know of no such payment. Your account page lists all of yours.');

export const pageNotFound = () => new PageError(404, 'Page not found', 'There is nothing at this address.');

export const badRequest = (explanation: string) => new PageError(400, 'This does not look right', explanation);

/** Stripe could not be asked, or did not answer as it should: the cause says how. */
export const providerUnavailable = (cause?: unknown) =>
  new PageError(
    503,
    'Payments are not available right now',
    'We could not reach our payment provider, and you have not been charged. Please try again in a minute.',
    { cause },
  );
