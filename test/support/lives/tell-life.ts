import { anEvent } from '../mock-stripe.js';
import type { StripeEventOf, StripeEventType } from '../../../src/stripe/stripe.types.js';
import { tellDispute } from './tell-dispute.js';
import { tellRefund } from './tell-refund.js';
import type { Life } from './life.js';

export type AnyEvent = StripeEventOf<StripeEventType>;

/** What Stripe calls the things of one life. `paymentId` is ours, where a row was written first. */
export interface Names {
  tag: string;
  paymentId?: string;
  appName: string;
}

const BEGIN_S = 1_795_000_000;

/** Tells a life as Stripe does: every event with the object as it was then, in the order in which it happened. */
export class Storyteller {
  readonly events: AnyEvent[] = [];
  /** The running sum of the charge's refunds, minor units. */
  refunded = 0;
  private second = BEGIN_S;

  constructor(
    readonly life: Life,
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
    if (this.life.begun === 'payment link') return {};
    return { app_name: appName, payment_id: paymentId ?? `elsewhere_${this.names.tag}` };
  }

  tell(type: StripeEventType, object: object): void {
    this.events.push(anEvent(type, object as never, { created: this.second }));
    if (!this.life.inOneSecond) this.wait();
  }

  /** A second passes, whatever the life is like. */
  wait(): void {
    this.second++;
  }

  session(changes: object): object {
    const { tag, paymentId } = this.names;
    return {
      id: `cs_test_${tag}`,
      object: 'checkout.session',
      mode: 'payment',
      amount_total: this.life.amount,
      currency: this.life.currency,
      client_reference_id: this.life.begun === 'payment link' ? null : (paymentId ?? `elsewhere_${tag}`),
      created: BEGIN_S,
      customer_details: { email: `${tag}@example.com` },
      payment_link: this.life.begun === 'payment link' ? 'plink_1' : null,
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
      amount: this.life.amount,
      amount_refunded: this.refunded,
      receipt_url: `https://receipts.example/${tag}`,
      metadata: this.metadata,
      ...changes,
    };
  }
}

/** Every event of a life, in the right order. */
export function eventsOf(life: Life, names: Names): AnyEvent[] {
  const story = new Storyteller(life, names);
  tellCheckout(story);
  if (!['paid by card', 'debit settles'].includes(life.checkout)) return story.events;
  story.tell('charge.succeeded', story.charge());
  life.later.forEach((step, nth) => {
    if ('refund' in step) tellRefund(story, step.refund, nth, step.share);
    else tellDispute(story, step.dispute, nth);
  });
  return story.events;
}

function tellCheckout(story: Storyteller): void {
  const { life } = story;
  const declined = (code: string) =>
    story.tell('payment_intent.payment_failed', {
      id: story.intent,
      object: 'payment_intent',
      metadata: story.metadata,
      last_payment_error: { code: 'card_declined', decline_code: code },
    });
  for (let nth = 0; nth < life.declines; nth++) declined(nth % 2 ? 'generic_decline' : 'insufficient_funds');
  switch (life.checkout) {
    case 'left open':
      return;
    case 'expires':
      return story.tell('checkout.session.expired', story.session({ status: 'expired', payment_status: 'unpaid' }));
    case 'paid by card':
      return story.tell('checkout.session.completed', story.session({ status: 'complete', payment_status: 'paid' }));
    case 'debit settles':
    case 'debit fails': {
      story.tell('checkout.session.completed', story.session({ status: 'complete', payment_status: 'unpaid' }));
      if (life.checkout === 'debit settles') {
        const paid = story.session({ status: 'complete', payment_status: 'paid' });
        return story.tell('checkout.session.async_payment_succeeded', paid);
      }
      declined('debit_not_authorized');
      const unpaid = story.session({ status: 'complete', payment_status: 'unpaid' });
      return story.tell('checkout.session.async_payment_failed', unpaid);
    }
  }
}
