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
