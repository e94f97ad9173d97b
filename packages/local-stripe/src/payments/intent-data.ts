import type { PaymentIntent } from '../wire.js';

/** Fields of a Payment Intent that the caller sets, besides its amount. */
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
