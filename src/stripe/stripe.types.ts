import type { Stripe } from 'stripe';

/** The type of every event that the SDK knows, such as `invoice.paid`. */
export type StripeEventType = Stripe.Event['type'];
/** The event of one type; of a union of types, the union of their events. */
export type StripeEventOf<K extends StripeEventType> = Extract<Stripe.Event, { type: K }>;

export type CheckoutSession = Stripe.Checkout.Session;
export type Charge = Stripe.Charge;
export type Dispute = Stripe.Dispute;
export type EarlyFraudWarning = StripeEventOf<'radar.early_fraud_warning.created'>['data']['object'];
export type PaymentIntent = Stripe.PaymentIntent;
export type Refund = Stripe.Refund;
export type Price = Stripe.Price;
export type Product = Stripe.Product;
