import { anInvoiceEvent, type SentEvent } from './events.js';
import { type OpenPayment, paidEvent, refundEvent } from './open-payment.js';
import type { SeededRandom } from '../../support/seeded-random.js';

/** As many as keep the app busy, and leave the rest of the machine to it. */
const WRITERS = 16;

/** Writers that send events as fast as they are answered. One whose connection breaks stops. */
export class Load {
  /** The ids of events that were answered 200. */
  readonly acknowledged = new Set<string>();
  /** Events whose connection broke before there was an answer: they may be stored, or not. */
  readonly unanswered: SentEvent[] = [];
  /** Why each of them was not answered. */
  readonly connectionErrors: string[] = [];
  /** The statuses of answers that were not 200, and how many there were of each. */
  readonly refusals: Record<number, number> = {};
  private readonly writers: Promise<void>[];
  private stopped = false;

  constructor(
    private readonly send: (event: SentEvent) => Promise<Response>,
    private readonly nextEvent: () => SentEvent,
  ) {
    this.writers = Array.from({ length: WRITERS }, () => this.write());
  }

  /** Lets each writer finish its request. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended();
  }

  /** Resolves when every writer has stopped. */
  async ended(): Promise<void> {
    await Promise.all(this.writers);
  }

  private async write(): Promise<void> {
    while (!this.stopped) {
      const event = this.nextEvent();
      try {
        const { status } = await this.send(event);
        if (status === 200) this.acknowledged.add(event.id);
        else this.refusals[status] = (this.refusals[status] ?? 0) + 1;
      } catch (error) {
        this.unanswered.push(event);
        this.connectionErrors.push(String((error as Error).cause ?? error));
        return;
      }
    }
  }
}

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
