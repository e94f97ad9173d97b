/** Another process listens where the sandbox should. */
export class PortTakenError extends Error {
  constructor(
    readonly port: number,
    cause: unknown,
  ) {
    super(
      `Port ${port} is taken by another process, so the local Stripe sandbox cannot start. ` +
        'Set SANDBOX_PORT to a free one. If it is your own `npm run sandbox`, ' +
        'set STRIPE_SECRET_KEY, STRIPE_API_BASE and STRIPE_WEBHOOK_SECRET as it printed them.',
      { cause },
    );
    this.name = 'PortTakenError';
  }
}
