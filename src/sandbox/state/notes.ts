import type { LineItem } from '../wire.js';

/** What the sandbox remembers of an object beside what Stripe shows. */
export interface Notes {
  /** Shown once, in the answer that makes it. */
  webhook_endpoint: { secret: string };
  'checkout.session': {
    lineItems: LineItem[];
    /** From `payment_intent_data`: the Payment Intent is only made when the customer submits the form. */
    paymentIntent: { description: string | null; metadata: Record<string, string> };
  };
}
