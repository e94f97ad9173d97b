import { HttpException, type StandardSchemaValidationPipeOptions } from '@nestjs/common';
import { english, phrase, type Words } from './texts/texts.js';

/** An error with a title and an explanation for customers: text, or `phrase(…)` of the texts. `cause` is only logged. */
export class PageError extends HttpException {
  constructor(
    status: number,
    readonly title: Words,
    readonly explanation: Words,
    options?: { cause: unknown },
  ) {
    super(english.say(title), status, options);
  }
}

/** A form that has to be filled in again: the view shows it with the explanation, as `error`. JSON is answered as for any PageError. */
export class FormError extends PageError {
  constructor(
    { status, title, explanation }: { status: number; title: Words; explanation: Words },
    readonly view: string,
    readonly data: object,
  ) {
    super(status, title, explanation);
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
    super(400, phrase('error.400.title'), phrase('error.form'));
    this.issues = issues.map(({ path = [], message }) => ({
      path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
      message,
    }));
  }
}

/** Also for a payment of somebody else, so that nobody learns which ids exist. */
export const paymentNotFound = () => new PageError(404, phrase('error.payment.title'), phrase('error.payment.text'));

export const pageNotFound = () => new PageError(404, phrase('error.404.title'), phrase('error.404.text'));

export const badRequest = (explanation: Words) => new PageError(400, phrase('error.400.title'), explanation);

/** Stripe did not answer, or not as expected. */
export const providerUnavailable = (cause?: unknown) =>
  new PageError(503, phrase('error.provider.title'), phrase('error.provider.text'), { cause });
