import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { catalogOfTheYear } from './catalog.js';
import { MoneyHistory } from './money-history.js';

/** An event as Stripe's list has it. */
export interface ListedEvent {
  id: string;
  type: string;
  created: number;
  pending_webhooks: number;
  data: { object: StripeObject };
}

/** Any object of Stripe's, as far as this test reads it. */
export interface StripeObject {
  id: string;
  object: string;
  [field: string]: unknown;
}

/** A subscription as Stripe's list has it. */
export interface ListedSubscription {
  id: string;
  customer: string;
  latest_invoice: string;
  items: { data: { id: string; quantity: number; price: { lookup_key: string } }[] };
}

/** A charge as Stripe's list has it. */
export interface ListedCharge {
  id: string;
  amount: number;
  amount_refunded: number;
  captured: boolean;
  disputed: boolean;
}

/** What a subscription was from a time on. Times in Unix seconds. */
export interface SubscriptionState {
  at: number;
  status: string;
  plan: CatalogItem | undefined;
}

/** What happened to an invoice. */
export interface InvoiceHistory {
  id: string;
  created: number;
  failures: number[];
  paidAt: number | undefined;
  /** When it was voided, or marked uncollectible and so on: it is not open any more. */
  voidedAt: number | undefined;
  paymentIntent: string | undefined;
}

export interface SubscriptionHistory {
  id: string;
  customer: string;
  states: SubscriptionState[];
  invoices: Map<string, InvoiceHistory>;
}

const ENDED = new Set(['canceled', 'incomplete_expired']);

/** What Stripe's events say of subscriptions, in the order in which they happened: the truth that the app is compared with. */
export class StripeHistory {
  readonly subscriptions = new Map<string, SubscriptionHistory>();
  private readonly invoices = new Map<string, InvoiceHistory>();
  readonly money = new MoneyHistory();
  private readonly customers = new Map<string, string>();
  private readonly related = new Map<string, Set<string>>();
  /** Customers by their address. */
  readonly emails = new Map<string, string>();

  /** An object, what it names, such as a refund its payment, and what names the same invoice or payment; of a subscription its invoices. */
  relatedTo(id: string): ReadonlySet<string> {
    const named = new Set([
      id,
      ...(this.subscriptions.get(id)?.invoices.keys() ?? []),
      ...(this.related.get(id) ?? []),
    ]);
    for (let size = 0; size < named.size;) {
      size = named.size;
      const shared = [...named].filter((one) => !one.startsWith('sub_'));
      for (const [other, names] of this.related)
        if (shared.some((one) => names.has(one))) for (const each of [other, ...names]) named.add(each);
    }
    return named;
  }

  /** The subscriptions of a customer. */
  of(customer: string): SubscriptionHistory[] {
    return [...this.subscriptions.values()].filter((one) => one.customer === customer);
  }

  /** All of a customer's subscriptions and invoices, to be read by people. */
  describe(customer: string): string {
    const known = this.of(customer).map(({ id, states, invoices }) => ({
      id,
      states: states.map(({ at, status, plan }) => `${at} ${status} ${plan?.lookupKey}`),
      invoices: [...invoices.values()].map((one) => ({
        ...one,
        reversals: this.money.statesOf(one.paymentIntent),
      })),
    }));
    return JSON.stringify(known);
  }

  /** The customer whom an object belongs to; undefined where that is not known, or nobody's. */
  customerOf({ id, object, ...fields }: StripeObject): string | undefined {
    if (object === 'customer') {
      if (textOf(fields.email)) this.emails.set(textOf(fields.email) ?? '', id);
      return id;
    }
    const named = textOf(fields.customer);
    if (named) this.customers.set(id, named);
    for (const key of ['payment_intent', 'charge', 'invoice', 'subscription'])
      if (named && textOf(fields[key])) this.customers.set(textOf(fields[key]) ?? '', named);
    const others = [id, textOf(fields.payment_intent), textOf(fields.charge), textOf(fields.invoice)];
    return named ?? others.map((other) => this.customers.get(other ?? '')).find(Boolean);
  }

  /** Adds an event; in the order in which Stripe recorded them. */
  add({ type, created: at, data: { object } }: ListedEvent): void {
    this.customerOf(object);
    this.relate(object);
    if (type.startsWith('customer.subscription.')) this.addSubscription(object, at);
    else if (type.startsWith('invoice.') && type !== 'invoice.upcoming') this.addInvoice(object, type, at);
    else if (type === 'invoice_payment.paid') this.addInvoicePayment(object);
    else if (type.startsWith('charge.')) this.money.add(type, object, at);
  }

  private relate(object: StripeObject): void {
    if (!object.id) return; // an invoice that is only announced
    const keys = ['payment_intent', 'charge', 'invoice', 'subscription'];
    const payment = object.payment as { payment_intent?: string } | null | undefined; // of an invoice's payment
    const named = [...keys.map((key) => object[key]), payment?.payment_intent].flatMap((one) => textOf(one) ?? []);
    const known = this.related.get(object.id) ?? new Set();
    this.related.set(object.id, new Set([...known, ...named]));
  }

  /** What a subscription is, by Stripe's answer: for events of one second, which come in any order. */
  correct(object: StripeObject): void {
    const known = this.subscriptions.get(object.id);
    const at = known?.states.at(-1)?.at;
    if (!known || at === undefined) return;
    known.states = known.states.filter((state) => state.at !== at);
    this.addSubscription(object, at);
  }

  /** Whether several events of one second say different things of a subscription. */
  isAmbiguous({ states }: SubscriptionHistory): boolean {
    return states.at(-1)?.at === states.at(-2)?.at;
  }

  private addSubscription(object: StripeObject, at: number): void {
    const known = this.subscription(object.id, textOf(object.customer) ?? '');
    const last = known.states.at(-1);
    if (last && ENDED.has(last.status)) return;
    const items = (object.items as { data: { price: { lookup_key: string | null } }[] }).data;
    const key = items[0]?.price.lookup_key;
    const plan = catalogOfTheYear.find(({ lookupKey }) => lookupKey === key);
    const status = String(object.status);
    if (last?.status !== status || last.plan !== plan) known.states.push({ at, status, plan });
  }

  private addInvoice(object: StripeObject, type: string, at: number): void {
    const parent = object.parent as { subscription_details?: { subscription: string } } | null;
    const subscription = parent?.subscription_details?.subscription;
    if (!subscription) return;
    const invoice = this.invoice(object.id);
    invoice.created = Number(object.created);
    this.subscription(subscription, textOf(object.customer) ?? '').invoices.set(invoice.id, invoice);
    const moments = object.status_transitions as Record<string, number | null>;
    if (type === 'invoice.payment_failed') invoice.failures.push(at);
    invoice.paidAt ??= moments.paid_at ?? undefined;
    invoice.voidedAt ??= moments.voided_at ?? undefined;
  }

  private addInvoicePayment(object: StripeObject): void {
    const payment = object.payment as { payment_intent?: string } | null;
    this.invoice(textOf(object.invoice) ?? '').paymentIntent = payment?.payment_intent;
  }

  private subscription(id: string, customer: string): SubscriptionHistory {
    const known = this.subscriptions.get(id) ?? { id, customer, states: [], invoices: new Map() };
    this.subscriptions.set(id, known);
    return known;
  }

  private invoice(id: string): InvoiceHistory {
    const none = { paidAt: undefined, voidedAt: undefined, paymentIntent: undefined };
    const known = this.invoices.get(id) ?? { id, created: 0, failures: [], ...none };
    this.invoices.set(id, known);
    return known;
  }
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
