import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { catalogOfTheYear } from './catalog.js';

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

/** Whether the money of a payment had gone back to the customer as a whole, from a time on. */
export interface ReversalState {
  at: number;
  reversed: boolean;
}

interface MoneyHistory {
  amount: number;
  refunded: number;
  disputes: Map<string, number>;
  states: ReversalState[];
}

const ENDED = new Set(['canceled', 'incomplete_expired']);

/** What Stripe's events say of subscriptions, in the order in which they happened: the truth that the app is compared with. */
export class StripeHistory {
  readonly subscriptions = new Map<string, SubscriptionHistory>();
  private readonly invoices = new Map<string, InvoiceHistory>();
  private readonly money = new Map<string, MoneyHistory>();
  private readonly customers = new Map<string, string>();
  private readonly related = new Map<string, Set<string>>();
  /** Customers by their address. */
  readonly emails = new Map<string, string>();

  /** What an object names: a refund its payment, an invoice's payment its invoice. */
  relatedTo(id: string): ReadonlySet<string> {
    return this.related.get(id) ?? new Set();
  }

  /** The subscriptions of a customer. */
  of(customer: string): SubscriptionHistory[] {
    return [...this.subscriptions.values()].filter((one) => one.customer === customer);
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

  /** Whether the money of a payment had gone back as a whole at `at`. */
  wasReversed(paymentIntent: string | undefined, at: number): boolean {
    const states = this.money.get(paymentIntent ?? '')?.states ?? [];
    return states.findLast((state) => state.at <= at)?.reversed ?? false;
  }

  /** The times at which money of a payment went back, or came again. */
  reversals(paymentIntent: string | undefined): number[] {
    return this.money.get(paymentIntent ?? '')?.states.map(({ at }) => at) ?? [];
  }

  /** Adds an event; in the order in which Stripe recorded them. */
  add({ type, created: at, data: { object } }: ListedEvent): void {
    this.customerOf(object);
    this.relate(object);
    if (type.startsWith('customer.subscription.')) this.addSubscription(object, at);
    else if (type.startsWith('invoice.') && type !== 'invoice.upcoming') this.addInvoice(object, type, at);
    else if (type === 'invoice_payment.paid') this.addInvoicePayment(object);
    else if (type.startsWith('charge.dispute.')) this.addDispute(object, at);
    else if (type.startsWith('charge.')) this.addCharge(object, at);
  }

  private relate(object: StripeObject): void {
    const named = ['payment_intent', 'charge', 'invoice', 'subscription'].flatMap((key) => textOf(object[key]) ?? []);
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

  private addCharge(object: StripeObject, at: number): void {
    const money = this.moneyOf(object);
    if (!money) return;
    money.amount = Number(object.amount_captured);
    money.refunded = Number(object.amount_refunded);
    noteReversal(money, at);
  }

  private addDispute(object: StripeObject, at: number): void {
    const money = this.moneyOf(object);
    const status = String(object.status);
    const takes = ['needs_response', 'under_review', 'lost'].includes(status);
    money?.disputes.set(object.id, takes ? Number(object.amount) : 0);
    if (money) noteReversal(money, at);
  }

  private moneyOf(object: StripeObject): MoneyHistory | undefined {
    const id = textOf(object.payment_intent);
    if (!id) return undefined;
    const money = this.money.get(id) ?? { amount: 0, refunded: 0, disputes: new Map(), states: [] };
    this.money.set(id, money);
    return money;
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

function noteReversal({ amount, refunded, disputes, states }: MoneyHistory, at: number): void {
  const disputed = [...disputes.values()].reduce((sum, taken) => sum + taken, 0);
  states.push({ at, reversed: amount > 0 && refunded + disputed >= amount });
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
