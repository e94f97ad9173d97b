import { HttpException, type StandardSchemaValidationPipeOptions } from '@nestjs/common';

/** An error with a title and an explanation for customers. `cause` is only logged. */
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

/** Leads to another page instead of an answer: for where an answer cannot be given, such as in a guard. `location`: a path of this app. */
export class RedirectError extends HttpException {
  constructor(readonly location: string) {
    super('See other', 303);
  }
}

/** What is wrong with one part of a form, a query or a JSON body. */
export interface InputIssue {
  /** Where, such as `items.0.price`; empty for the whole. */
  path: string;
  message: string;
}

type SchemaIssues = Parameters<NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>>[0];

/** Input that does not fit the schema of the route. */
export class InvalidInputError extends PageError {
  readonly issues: readonly InputIssue[];

  constructor(issues: SchemaIssues) {
    super(400, 'This does not look right', 'The form was not filled in as we expect.');
    this.issues = issues.map(({ path = [], message }) => ({
      path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
      message,
    }));
  }
}

/** Also for a payment of somebody else, so that nobody learns which ids exist. */
export const paymentNotFound = () =>
  new PageError(404, 'Payment not found', 'We know of no such payment. Your account page lists all of yours.');

export const pageNotFound = () => new PageError(404, 'Page not found', 'There is nothing at this address.');

export const badRequest = (explanation: string) => new PageError(400, 'This does not look right', explanation);

/** Stripe did not answer, or not as expected. */
export const providerUnavailable = (cause?: unknown) =>
  new PageError(
    503,
    'Payments are not available right now',
    'We could not reach our payment provider, and you have not been charged. Please try again in a minute.',
    { cause },
  );
