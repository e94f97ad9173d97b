import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../webhook/index.js';
import { Sale } from './sale.entity.js';

@Injectable()
@HandlesStripeEvent('charge.succeeded')
export class RecordSale implements StripeEventHandler<'charge.succeeded'> {
  async apply(event: StripeEventOf<'charge.succeeded'>, tx: EntityManager): Promise<void> {
    const { id, payment_method_details, amount_captured, currency, created } = event.data.object;
    const sale = {
      chargeId: id,
      cardCountry: payment_method_details?.card?.country ?? null,
      amount: amount_captured,
      currency,
      soldAt: new Date(created * 1_000),
    };
    await tx.upsert(Sale, sale, ['chargeId']); // the same row where the event is replayed
  }
}
