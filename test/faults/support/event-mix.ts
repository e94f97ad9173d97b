import { anInvoiceEvent, type SentEvent } from './events.js';
import { type OpenPayment, paidEvent, refundEvent } from './open-payment.js';
import type { SeededRandom } from './seeded-random.js';

/** What an endless Stripe sends: new events, some of the payments at hand, and some that it has sent before. */
export class EventMix {
  private readonly waiting: SentEvent[] = [];
  private readonly sent: SentEvent[] = [];

  constructor(private readonly random: SeededRandom) {}

  /** Its payment and two refunds come some time, in any order. */
  addPayment(payment: OpenPayment): void {
    const refunds = [500, 700].map((amount, nth) =>
      refundEvent('created', payment, nth, { amount, status: 'succeeded' }),
    );
    this.waiting.push(paidEvent(payment), ...refunds);
  }

  /** Stripe sends an event again when it got no answer. */
  sendAgain(events: readonly SentEvent[]): void {
    this.waiting.push(...events);
  }

  next(): SentEvent {
    const repeated = this.random.chance(0.1) ? this.random.pick(this.sent) : undefined;
    if (repeated) return repeated;
    const event = (this.random.chance(0.2) ? this.takeWaiting() : undefined) ?? anInvoiceEvent();
    this.sent.push(event);
    return event;
  }

  private takeWaiting(): SentEvent | undefined {
    return this.waiting.splice(this.random.between(0, this.waiting.length - 1), 1)[0];
  }
}
