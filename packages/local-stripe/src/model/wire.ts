import type Stripe from 'stripe';

/**
 * An SDK type as it is in JSON: decimals are strings, and references are ids (`expand` makes them
 * objects in answers only). A field that Stripe adds or renames is therefore a compile error here.
 */
export type Wire<T> = { [K in keyof T]: WireField<T[K]> };

type WireField<V> = string extends Extract<V, string> ? WireValue<Exclude<V, Referable>> : WireValue<V>;

type WireValue<V> = V extends Stripe.Decimal
  ? string
  : V extends string
    ? V
    : V extends Array<infer E>
      ? Array<WireValue<E>>
      : V extends object
        ? Wire<V>
        : V;

interface Referable {
  id: string;
  object: string;
}

export type Product = Wire<Stripe.Product>;
export type PriceTier = NonNullable<Wire<Stripe.Price>['tiers']>[number];
/** With its tiers, which are stored under another name, since answers have `tiers` only where they are expanded. */
export type Price = Omit<Wire<Stripe.Price>, 'tiers'> & { tier_table?: PriceTier[] };
export type Session = Wire<Stripe.Checkout.Session>;
export type PaymentLink = Wire<Stripe.PaymentLink>;
export type LineItem = Wire<Stripe.LineItem>;
export type PaymentIntent = Wire<Stripe.PaymentIntent>;
export type PaymentMethod = Wire<Stripe.PaymentMethod>;
export type Charge = Wire<Stripe.Charge>;
export type Refund = Wire<Stripe.Refund>;
export type Dispute = Wire<Stripe.Dispute>;
export type EarlyFraudWarning = Wire<Stripe.Radar.EarlyFraudWarning>;
export type BalanceTransaction = Wire<Stripe.BalanceTransaction>;
export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint>;
export type Customer = Wire<Stripe.Customer>;
export type DeletedCustomer = Wire<Stripe.DeletedCustomer>;
export type Plan = Wire<Stripe.Plan>;
export type SubscriptionItem = Omit<Wire<Stripe.SubscriptionItem>, 'discounts' | 'deleted' | 'price' | 'plan'> & {
  discounts: string[];
  plan: Plan;
  price: Price;
};
/** With `plan` and `quantity`, which Stripe still sends for a subscription of one item. */
export type Subscription = Omit<Wire<Stripe.Subscription>, 'discounts' | 'items' | 'pending_update'> & {
  discounts: string[];
  items: { object: 'list'; data: SubscriptionItem[]; has_more: boolean; total_count: number; url: string };
  pending_update: PendingUpdate | null;
  plan: Plan | null;
  quantity?: number;
};
export type PendingUpdate = Omit<
  NonNullable<Wire<Stripe.Subscription>['pending_update']>,
  'subscription_items' | 'discounts'
> & { subscription_items: SubscriptionItem[] | null; discounts: string[] | null };
export type InvoiceLine = Omit<Wire<Stripe.InvoiceLineItem>, 'discounts' | 'discount_amounts'> & {
  discounts: string[];
  discount_amounts: Array<{ amount: number; discount: string }>;
};
export type Invoice = Omit<
  Wire<Stripe.Invoice>,
  'lines' | 'discounts' | 'account_tax_ids' | 'payments' | 'confirmation_secret' | 'deleted'
> & {
  account_tax_ids: string[] | null;
  discounts: string[];
  lines: { object: 'list'; data: InvoiceLine[]; has_more: boolean; total_count: number; url: string };
};
export type InvoiceItem = Omit<Wire<Stripe.InvoiceItem>, 'discounts' | 'deleted'> & { discounts: string[] };
export type InvoicePayment = Wire<Stripe.InvoicePayment>;
export type CustomerBalanceTransaction = Wire<Stripe.CustomerBalanceTransaction>;
export type Coupon = Omit<Wire<Stripe.Coupon>, 'deleted'>;
export type PromotionCode = Wire<Stripe.PromotionCode>;
export type Discount = Omit<Wire<Stripe.Discount>, 'deleted'>;
export type TaxRate = Wire<Stripe.TaxRate>;
export type TaxId = Omit<Wire<Stripe.TaxId>, 'deleted'>;
export type Feature = Wire<Stripe.Entitlements.Feature> & { created: number };
export type ActiveEntitlement = Wire<Stripe.Entitlements.ActiveEntitlement>;
export type ProductFeature = Omit<Wire<Stripe.ProductFeature>, 'deleted' | 'entitlement_feature'> & {
  entitlement_feature: Feature;
};
export type CreditNote = Wire<Stripe.CreditNote>;
export type SubscriptionSchedule = Wire<Stripe.SubscriptionSchedule>;
export type PortalConfiguration = Wire<Stripe.BillingPortal.Configuration>;
export type PortalSession = Wire<Stripe.BillingPortal.Session>;
export type SetupIntent = Wire<Stripe.SetupIntent>;
export type SetupAttempt = Wire<Stripe.SetupAttempt>;
export type Mandate = Wire<Stripe.Mandate>;
export type TestClock = Wire<Stripe.TestHelpers.TestClock>;
export type Card = Wire<Stripe.Card>;
export type Token = Wire<Stripe.Token>;
export type EphemeralKey = Wire<Stripe.EphemeralKey> & { associated_objects: Array<{ id: string; type: string }> };
export type Account = Wire<Stripe.Account> & { created: number };
export type Payout = Wire<Stripe.Payout>;
export type Topup = Wire<Stripe.Topup>;
export type Transfer = Wire<Stripe.Transfer>;
export type VerificationSession = Wire<Stripe.Identity.VerificationSession>;
export type ReportRun = Wire<Stripe.Reporting.ReportRun>;
export type Quote = Wire<Stripe.Quote>;
export type EventType = Stripe.Event['type'];

/** Event's own `data.object` is a union of everything; what is recorded is typed by {@link StoredObject} instead. */
export type Event = Wire<Omit<Stripe.EventBase, 'data' | 'type'>> & {
  type: EventType;
  data: { object: StoredObject; previous_attributes?: Record<string, unknown> };
};

/** Every kind of object in the state file, by the name it carries in `object`. */
export interface Kinds {
  product: Product;
  price: Price;
  'checkout.session': Session;
  payment_link: PaymentLink;
  payment_intent: PaymentIntent;
  payment_method: PaymentMethod;
  'billing_portal.configuration': PortalConfiguration;
  'billing_portal.session': PortalSession;
  subscription_schedule: SubscriptionSchedule;
  setup_intent: SetupIntent;
  setup_attempt: SetupAttempt;
  mandate: Mandate;
  charge: Charge;
  refund: Refund;
  dispute: Dispute;
  'radar.early_fraud_warning': EarlyFraudWarning;
  balance_transaction: BalanceTransaction;
  webhook_endpoint: WebhookEndpoint;
  plan: Plan;
  token: Token;
  ephemeral_key: EphemeralKey;
  account: Account;
  payout: Payout;
  topup: Topup;
  transfer: Transfer;
  'identity.verification_session': VerificationSession;
  'reporting.report_run': ReportRun;
  quote: Quote;
  customer: Customer;
  deleted_customer: DeletedCustomer;
  'test_helpers.test_clock': TestClock;
  subscription: Subscription;
  subscription_item: SubscriptionItem;
  invoice: Invoice;
  invoiceitem: InvoiceItem;
  invoice_payment: InvoicePayment;
  customer_balance_transaction: CustomerBalanceTransaction;
  coupon: Coupon;
  promotion_code: PromotionCode;
  discount: Discount;
  tax_rate: TaxRate;
  credit_note: CreditNote;
  tax_id: TaxId;
  'entitlements.feature': Feature;
  event: Event;
}

export type Kind = keyof Kinds;
/** What events are about: stored objects, and a customer's cards, which are stored as payment methods. */
export type StoredObject = Kinds[Exclude<Kind, 'event' | 'deleted_customer'>] | Card;

/** All kinds but deleted objects. */
export type Insertable = Kinds[Exclude<Kind, 'deleted_customer'>];

/** The API version of all objects here: that of the SDK whose types they are checked against. */
export const API_VERSION = '2026-10-28.endive';
