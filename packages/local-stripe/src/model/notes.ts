import type { LineItem, PaymentIntent, Price } from './wire.js';

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

/** How a delayed payment ends. */
export type Ending = 'settle' | 'fail';

interface Purchase {
  lineItems: LineItem[];
  /** From `payment_intent_data`: the Payment Intent is only made when the customer submits the form. */
  paymentIntent: IntentData;
}

/** Data of an object that the API does not show. */
export interface Notes {
  /** Its amounts in other currencies. */
  price: { currencyOptions: Record<string, { unit_amount: number; tax_behavior?: Price['tax_behavior'] | undefined }> };
  /** Shown once, in the answer to its creation. */
  webhook_endpoint: { secret: string };
  /** Its cash balance, in minor units by currency. */
  customer: { cash: Record<string, number> };
  /** The card that it stands for. */
  token: { testCard: string };
  /**
   * What decides the outcome of a payment with it; `spentOn`: the Payment Intent that used it without a customer, or
   * `detached`: it cannot be used otherwise.
   */
  payment_method: { testCard?: string; ending?: Ending; redirects?: true; spentOn?: string };
  /** Where the authentication page redirects to. */
  payment_intent: { returnUrl?: string };
  'checkout.session': Purchase;
  /** What each session of the link sells. */
  payment_link: Purchase;
}
