interface Details {
  type: 'invalid_request_error' | 'idempotency_error' | 'api_error';
  message: string;
  code?: string;
  param?: string;
}

/** An answer that says no, in Stripe's words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly details: Details,
  ) {
    super(details.message);
    this.name = 'ApiError';
  }

  body(requestId: string): object {
    const { type, code, message, param } = this.details;
    return {
      error: {
        ...(code && { code, doc_url: `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}` }),
        message,
        ...(param && { param }),
        request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
        type,
      },
    };
  }
}
