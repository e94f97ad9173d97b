import { StripeRefusedError, StripeUnavailableError } from '../../../src/stripe/stripe.errors.js';
import type { NewRefund, Refund } from '../../../src/stripe/stripe.types.js';
import { anEvent, aRefund } from '../mock-stripe.js';
import type { AnyEvent } from './generate.js';

/** How a call for a refund goes. */
export type CallOutcome = 'succeeds' | 'pends' | 'lost before' | 'lost after' | 'refused';

/** Stripe as far as refunds of one payment go: idempotent, and with events that wait to be delivered. */
export class RefundingStripe {
  readonly events: AnyEvent[] = [];
  /** What was ever given back beyond the amount; must stay nothing. */
  exceeded = 0;
  private readonly made = new Map<string, Refund>();

  constructor(
    readonly intent: string,
    readonly amount: number,
  ) {}

  get refunds(): Refund[] {
    return [...this.made.values()];
  }

  /** What is with the customer, or on its way there. Minor units. */
  get refunded(): number {
    return this.refunds.reduce((sum, { amount, status }) => (status === 'failed' ? sum : sum + amount), 0);
  }

  async create(request: NewRefund, course: CallOutcome): Promise<Refund> {
    if (course === 'lost before') throw new StripeUnavailableError('refunds.create', 'timeout');
    const before = this.made.get(request.idempotencyKey);
    if (!before && course === 'refused')
      throw new StripeRefusedError('refunds.create', 'No.', 'charge_not_refundable', 400);
    const refund = before ?? this.make(request, course === 'pends' ? 'pending' : 'succeeded');
    if (course === 'lost after') throw new StripeUnavailableError('refunds.create', 'connection reset');
    return refund;
  }

  async find(fits: (refund: Refund) => boolean): Promise<Refund | undefined> {
    return this.refunds.find(fits);
  }

  /** One that is pending goes through, or one that has not failed fails. */
  goOn(nth: number, status: 'succeeded' | 'failed'): void {
    const [key, refund] = [...this.made][nth % Math.max(this.made.size, 1)] ?? [];
    if (!key || !refund || refund.status === 'failed' || refund.status === status) return;
    const after = { ...refund, status, ...(status === 'failed' && { failure_reason: 'declined' }) };
    this.made.set(key, after);
    this.events.push(anEvent('refund.updated', after));
    if (status === 'failed') this.events.push(anEvent('refund.failed', after));
  }

  private make({ amount, reason, metadata, idempotencyKey }: NewRefund, status: string): Refund {
    const id = `re_${this.intent}_${this.made.size}`;
    const refund = aRefund({ id, amount, reason, metadata, status, payment_intent: this.intent });
    this.made.set(idempotencyKey, refund);
    this.exceeded = Math.max(this.exceeded, this.refunded - this.amount);
    const charge = { payment_intent: this.intent, amount_refunded: this.refunded, receipt_url: null };
    this.events.push(anEvent('refund.created', refund), anEvent('charge.refunded', charge as never));
    return refund;
  }
}
