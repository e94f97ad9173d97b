import type { IntentData } from '../payments/intent-data.js';
import type { Ending } from '../payments/payment-method-kinds.js';
import type { LineItem, Price } from '../wire.js';

interface Purchase {
  lineItems: LineItem[];
  /** From `payment_intent_data`: the Payment Intent is only made when the customer submits the form. */
  paymentIntent: IntentData;
}

/** What the sandbox remembers of an object beside what Stripe shows. */
export interface Notes {
  /** What it costs in other currencies. */
  price: { currencyOptions: Record<string, { unit_amount: number; tax_behavior?: Price['tax_behavior'] | undefined }> };
  /** Shown once, in the answer that makes it. */
  webhook_endpoint: { secret: string };
  /** What comes of paying with it. */
  payment_method: { testCard?: string; ending?: Ending };
  /** Where the customer goes after they were at their bank's page. */
  payment_intent: { returnUrl?: string };
  'checkout.session': Purchase;
  /** What every session of the link sells. */
  payment_link: Purchase;
}
