import { OperatorError } from '../../config/settings.error.js';

/** Two payment handlers share a name: one class listed twice would grant twice, and errors could not be told apart. */
export class DuplicatePaymentHandlerError extends OperatorError {
  constructor(readonly handlerName: string) {
    super(`Two payment handlers are called ${handlerName}: rename one of the classes, or list it in one module only`);
  }
}

/** A handler of a payment's turn threw: the change of status was not stored, and is tried again. */
export class FulfilmentError extends Error {
  constructor(
    readonly handler: string,
    readonly paymentId: string,
    override readonly cause: unknown,
  ) {
    super(`${handler} failed on payment ${paymentId}, which stays as it was until it goes through: ${String(cause)}`);
  }
}
