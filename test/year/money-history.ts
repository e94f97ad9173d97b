import { type StripeObject, textOf } from './stripe-history.js';

/** Whether the money of a payment had gone back to the customer as a whole, from a time on. Unix seconds. */
export interface ReversalState {
  at: number;
  reversed: boolean;
}

/** Minor units. */
interface Money {
  amount: number;
  refunded: number;
  /** What each dispute took. */
  disputes: Map<string, number>;
  states: ReversalState[];
}

/** What became of the money of each Payment Intent. */
export class MoneyHistory {
  private readonly payments = new Map<string, Money>();

  /** Adds an event of a charge or of its dispute. */
  add(type: string, object: StripeObject, at: number): void {
    const id = textOf(object.payment_intent);
    if (!id) return;
    const money: Money = this.payments.get(id) ?? { amount: 0, refunded: 0, disputes: new Map(), states: [] };
    this.payments.set(id, money);
    if (type.startsWith('charge.dispute.')) {
      const takes = ['needs_response', 'under_review', 'lost'].includes(String(object.status));
      money.disputes.set(object.id, takes ? Number(object.amount) : 0);
    } else {
      money.amount = Number(object.amount_captured);
      money.refunded = Number(object.amount_refunded);
    }
    const disputed = [...money.disputes.values()].reduce((sum, taken) => sum + taken, 0);
    money.states.push({ at, reversed: money.amount > 0 && money.refunded + disputed >= money.amount });
  }

  statesOf(paymentIntent: string | undefined): readonly ReversalState[] {
    return this.payments.get(paymentIntent ?? '')?.states ?? [];
  }

  /** Whether the money had gone back as a whole at `at`. */
  wasReversed(paymentIntent: string | undefined, at: number): boolean {
    return this.statesOf(paymentIntent).findLast((state) => state.at <= at)?.reversed ?? false;
  }
}
