import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { ChargeFacts } from '../store/charge.entity.js';
import { safeReceiptUrl } from '../store/charge-change.js';
import { type Owners, PaymentReader } from './payment-reader.service.js';
import type { PaymentDetails } from './payment.summary.js';

export interface Receipt {
  payment: PaymentDetails;
  /** Stripe's own receipt, where the charge has one. */
  receiptUrl: string | null;
  /** Stripe's word for why the last attempt to pay was declined. */
  declineCode: string | null;
}

/** Reads all that a customer may know of one payment. */
@Injectable()
export class ReceiptReader {
  constructor(
    private readonly env: Env,
    private readonly reader: PaymentReader,
    @InjectRepository(ChargeFacts) private readonly charges: Repository<ChargeFacts>,
  ) {}

  /** `undefined` where there is no such payment, and where it is somebody else's. */
  async find(owners: Owners, paymentId: string): Promise<Receipt | undefined> {
    const payment = await this.reader.ownDetails(owners, paymentId);
    if (!payment) return undefined;
    const { paymentIntentId } = payment;
    const charge = paymentIntentId ? await this.charges.findOneBy({ paymentIntentId }) : null;
    return {
      payment,
      receiptUrl: safeReceiptUrl(charge?.receiptUrl, Boolean(this.env.stripe?.apiBase)) ?? null,
      declineCode: charge?.declineCode ?? null,
    };
  }
}
