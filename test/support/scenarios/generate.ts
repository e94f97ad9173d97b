import { anEvent } from '../mock-stripe.js';
import type { StripeEventOf, StripeEventType } from '../../../src/stripe/stripe.types.js';
import type { PaymentScenario } from './payment-scenario.js';

export type AnyEvent = StripeEventOf<StripeEventType>;

/** What Stripe calls the things of one scenario. `paymentId` is ours, where a row was written first. */
export interface Names {
  tag: string;
  paymentId?: string;
  appName: string;
}

const BEGIN_S = 1_795_000_000;

/** The events of a scenario, as Stripe sends them: each with the object as it was then, in the order in which it happened. */
export class ScenarioEvents {
  readonly events: AnyEvent[] = [];
  /** The latest snapshot of each object, by its id. */
  readonly objects = new Map<string, object>();
  /** The running sum of the charge's refunds, minor units. */
  refunded = 0;
  private second = BEGIN_S;

  constructor(
    readonly scenario: PaymentScenario,
    readonly names: Names,
  ) {}

  get intent(): string {
    return `pi_${this.names.tag}`;
  }

  get now(): number {
    return this.second;
  }

  get metadata(): Record<string, string> {
    const { paymentId, appName } = this.names;
    if (this.scenario.begun === 'payment link') return {};
    return { app_name: appName, payment_id: paymentId ?? `elsewhere_${this.names.tag}` };
  }

  add(type: StripeEventType, object: object): void {
    this.objects.set((object as { id: string }).id, object);
    this.events.push(anEvent(type, object as never, { created: this.second }));
    if (!this.scenario.inOneSecond) this.passSecond();
  }

  /** A second passes, whatever the scenario is like. */
  passSecond(): void {
    this.second++;
  }

  session(changes: object): object {
    const { tag, paymentId } = this.names;
    return {
      id: `cs_test_${tag}`,
      object: 'checkout.session',
      mode: 'payment',
      amount_total: this.scenario.amount,
      currency: this.scenario.currency,
      client_reference_id: this.scenario.begun === 'payment link' ? null : (paymentId ?? `elsewhere_${tag}`),
      created: BEGIN_S,
      customer_details: { email: `${tag}@example.com` },
      payment_link: this.scenario.begun === 'payment link' ? 'plink_1' : null,
      payment_intent: this.intent,
      metadata: this.metadata,
      ...changes,
    };
  }

  charge(changes: object = {}): object {
    const { tag } = this.names;
    return {
      id: `ch_${tag}`,
      object: 'charge',
      payment_intent: this.intent,
      amount: this.scenario.amount,
      amount_refunded: this.refunded,
      receipt_url: `https://receipts.example/${tag}`,
      metadata: this.metadata,
      ...changes,
    };
  }
}
