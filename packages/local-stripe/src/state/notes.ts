import type { IntentData } from '../payments/intent-data.js';
import type { Ending } from '../payments/payment-method-kinds.js';
import type { LineItem, Price } from '../wire.js';

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
  /** What decides the outcome of a payment with it. */
  payment_method: { testCard?: string; ending?: Ending };
  /** Where the authentication page redirects to. */
  payment_intent: { returnUrl?: string };
  'checkout.session': Purchase;
  /** What each session of the link sells. */
  payment_link: Purchase;
}
