import type { PaymentIntent } from '../wire.js';

/** What a caller may say of a payment besides what it costs. */
export type IntentData = Pick<PaymentIntent, 'description' | 'metadata'> &
  Partial<
    Pick<
      PaymentIntent,
      | 'capture_method'
      | 'receipt_email'
      | 'setup_future_usage'
      | 'shipping'
      | 'statement_descriptor'
      | 'statement_descriptor_suffix'
      | 'transfer_group'
    >
  >;
