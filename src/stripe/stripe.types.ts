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
export type WebhookEndpoint = Stripe.WebhookEndpoint;

/** What Stripe's Checkout page offers besides. Each defaults to no. */
export interface CheckoutChoices {
  /** Whether the customer may enter a promotion code. */
  promotionCodes?: boolean;
  /** Whether Stripe computes tax, which the account has to be set up for. */
  automaticTax?: boolean;
  /** Whether businesses may enter a tax id. */
  taxIds?: boolean;
  /** Countries that are shipped to, ISO 3166 in capitals: the page asks for an address in one of them. For what is bought once. */
  shippingCountries?: readonly string[];
  /** Stripe's ids of the shipping rates to choose from, `shr_…`. For what is bought once. */
  shippingRates?: readonly string[];
}

/** A new Checkout Session for one price. */
export interface NewCheckoutSession extends CheckoutChoices {
  priceId: string;
  /** Defaults to 1. */
  quantity?: number;
  /** Our payment's id. */
  clientReferenceId: string;
  /** `cus_…` */
  customerId: string;
  /** May hold `{CHECKOUT_SESSION_ID}`, which Stripe replaces. */
  successUrl: string;
  cancelUrl: string;
  /** Put on the session and on its Payment Intent, so that the events of both carry it. */
  metadata: Record<string, string>;
  idempotencyKey: string;
}

/** A new refund of a Payment Intent, or of a part of it. */
export interface NewRefund {
  paymentIntentId: string;
  /** Minor unit of the payment's currency. */
  amount: number;
  reason: 'requested_by_customer' | 'duplicate' | 'fraudulent';
  metadata: Record<string, string>;
  idempotencyKey: string;
}

export interface NewPrice {
  productId: string;
  currency: string;
  /** Minor unit of `currency`. */
  amount: number;
  /** For what is paid for again and again. */
  recurring?: { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number } | undefined;
  lookupKey: string;
  metadata: Record<string, string>;
}

/** A product as it is created or updated. */
export interface ProductDetails {
  id: string;
  name: string;
  description: string;
  metadata: Record<string, string>;
}

/** A webhook endpoint as it is created or updated. */
export interface EndpointDetails {
  url: string;
  /** The types it sends. */
  events: readonly StripeEventType[];
  metadata: Record<string, string>;
}

export type Customer = Stripe.Customer;
/** What Stripe still says of a customer that was deleted: its id. */
export type DeletedCustomer = Stripe.DeletedCustomer;
export type Subscription = Stripe.Subscription;
export type Invoice = Stripe.Invoice;
export type InvoicePayment = Stripe.InvoicePayment;

export type Feature = Stripe.Entitlements.Feature;
/** That a product entitles to a feature. */
export type ProductFeature = Stripe.ProductFeature;

export type PortalConfiguration = Stripe.BillingPortal.Configuration;
export type PortalFeatures = Stripe.BillingPortal.ConfigurationCreateParams.Features;

/** A session of Stripe's portal. */
export interface NewPortalSession {
  /** `cus_…` */
  customerId: string;
  returnUrl: string;
  /** Defaults to the account's own, which exists only once somebody has saved it in the Dashboard. */
  configuration?: string | undefined;
  /** The page that it opens with. Defaults to the overview. */
  flow?: Stripe.BillingPortal.SessionCreateParams.FlowData | undefined;
}

/** A new Customer, or changes to one. */
export interface CustomerDetails {
  email: string;
  name?: string | undefined;
  metadata: Record<string, string>;
}

/** A new Checkout Session in `subscription` mode, for one recurring price. */
export interface NewSubscriptionCheckout extends CheckoutChoices {
  priceId: string;
  /** Seats. */
  quantity: number;
  /** Whether the customer may change the seats on Stripe's page, and between which numbers. */
  adjustableQuantity?: { minimum: number; maximum: number } | undefined;
  /** `cus_…` */
  customerId: string;
  /** Our checkout's id. */
  clientReferenceId: string;
  /** 0: none. */
  trialDays: number;
  /** May hold `{CHECKOUT_SESSION_ID}`, which Stripe replaces. */
  successUrl: string;
  cancelUrl: string;
  /** Put on the session and on its subscription, so that the events of both carry it. */
  metadata: Record<string, string>;
  idempotencyKey: string;
}

/** Another price or quantity of a subscription's one item. */
export interface ItemChange {
  subscriptionId: string;
  /** `si_…` */
  itemId: string;
  priceId: string;
  quantity: number;
  /** Whether a new period begins with the change. */
  restarts: boolean;
  /** What prorations are counted from, Unix seconds; undefined: there are none. */
  prorationDate: number | undefined;
}

/**
 * What happens to a change that cannot be paid at once. `error_if_incomplete`: it is refused, and nothing changes.
 * `pending_if_incomplete`: it waits for its payment, 23 hours at most.
 */
export type UnpaidChange = 'error_if_incomplete' | 'pending_if_incomplete';
