import type { Coupon, LineItem, PaymentIntent, Price, Subscription } from './wire.js';

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
  /** `subscription_data` of a session in `subscription` mode. */
  subscription?: object;
  /** Discounts that its subscription begins with. */
  discounts?: Array<{ coupon?: string | undefined; promotion_code?: string | undefined }>;
  /**
   * The customer's last attempt in `subscription` mode: its Payment Intent or, where nothing is due, its Setup Intent, and when
   * (Unix seconds).
   */
  attempt?: { intent?: string; setup?: string; at: number };
  lineItems: LineItem[];
  /** From `payment_intent_data`: the Payment Intent is only made when the customer submits the form. */
  paymentIntent: IntentData;
}

/** What was debited for a subscription item, and for which time: flexible billing credits it when the item changes. */
export interface Debit {
  item: string;
  /** Minor units, its discounts taken off. */
  amount: number;
  start: number;
  end: number;
  /** The invoice and its line that debited it; undefined while it waits for an invoice. */
  invoice?: string;
  line?: string;
  invoiceItem?: string;
}

/** What the API does not show of a subscription. */
export interface SubscriptionNotes {
  /** Debits that are not credited, of periods that have not ended. */
  debits: Debit[];
  /** The trial end that `trial_will_end` was sent for. */
  trialWillEndSentFor?: number;
  /** The period end that `invoice.upcoming` was sent for. */
  upcomingSentFor?: number;
  /** The update that waits for its payment: the fields that it changes, its debits, and the invoice that must be paid. */
  pendingUpdate?: { fields: Partial<Subscription>; debits: Debit[]; invoice: string };
  /** When a pause ends by itself. */
  resumesAt?: number;
  /** When it ends since a payment of it is disputed. */
  cancelsForDisputeAt?: number;
  /** The invoice that must be paid for a paused subscription to resume, until when, and what changes then. */
  resuming?: { invoice: string; expiresAt: number; fields: Partial<Subscription> };
}

/** Data of an object that the API does not show. */
export interface Notes {
  /** When it happened by the test clock of its object, in Unix seconds: its `created` is the server's time. */
  event: { at: number };
  /** Its amounts in other currencies. */
  price: { currencyOptions: Record<string, { unit_amount: number; tax_behavior?: Price['tax_behavior'] | undefined }> };
  /** Shown once, in the answer to its creation. */
  webhook_endpoint: { secret: string; connect?: boolean };
  /** Its cash balance, in minor units by currency, and the ids of what it was entitled to last. */
  customer: { cash: Record<string, number>; entitlements?: string[] };
  /** What it entitles to: the features, and the ids of what attaches them. */
  product: { features: Array<{ id: string; feature: string }> };
  /** The card that it stands for. */
  token: { testCard: string };
  /**
   * What decides the outcome of a payment with it; `spentOn`: the Payment Intent that used it without a customer, or
   * `detached`: it cannot be used otherwise.
   */
  payment_method: { testCard?: string; ending?: Ending; redirects?: true; spentOn?: string };
  /** Where the authentication page redirects to. */
  payment_intent: { returnUrl?: string };
  /** The end of the schedule that `expiring` was sent for. */
  subscription_schedule: { warnedFor?: number };
  setup_intent: { returnUrl?: string };
  subscription: SubscriptionNotes;
  /** Its coupon as it was when the discount began: a coupon that is deleted later still counts. */
  discount: { coupon: Coupon };
  'checkout.session': Purchase;
  quote: { lineItems: LineItem[] };
  /** What each session of the link sells. */
  payment_link: Purchase;
}
