import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { type DisputeNews, DisputeRecord } from '../disputes/dispute-record.service.js';
import { missingOfDispute } from '../disputes/read-dispute.js';

type DisputeEvent =
  | 'charge.dispute.created'
  | 'charge.dispute.updated'
  | 'charge.dispute.closed'
  | 'charge.dispute.funds_withdrawn'
  | 'charge.dispute.funds_reinstated';

/** The customer's bank questions a payment, takes the money, decides, or gives it back. */
@HandlesStripeEvent(
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
)
export class RecordDispute implements StripeEventHandler<DisputeEvent> {
  constructor(private readonly disputes: DisputeRecord) {}

  /** Pure: what an object must have so that anything can be learnt from it. */
  reasonToIgnore(event: StripeEventOf<DisputeEvent>): string | undefined {
    return missingOfDispute(event.data.object);
  }

  async apply(event: StripeEventOf<DisputeEvent>, tx: EntityManager): Promise<void> {
    await this.disputes.add(tx, {
      dispute: event.data.object,
      at: new Date(event.created * 1_000),
      cause: event.id,
      money: MONEY[event.type],
    });
  }
}

const MONEY: Partial<Record<DisputeEvent, DisputeNews['money']>> = {
  'charge.dispute.funds_withdrawn': 'withdrawn',
  'charge.dispute.funds_reinstated': 'reinstated',
};
