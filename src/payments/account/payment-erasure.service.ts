import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  CustomerErasure,
  type ErasedCustomer,
  type ErasureListener,
} from '../../customers/customer-erasure.service.js';
import { keyOfOwner } from '../../customers/owner.js';
import { Table } from '../../database/table.js';
import { ownerOfEmail } from '../store/payment-owner.js';
import { Payment } from '../store/payment.entity.js';

const payments = new Table(Payment);

/** Blanks the addresses of a customer's payments. Amounts, dates, the user's id and Stripe's ids stay. */
@Injectable()
export class PaymentErasure implements ErasureListener {
  constructor(erasure: CustomerErasure) {
    erasure.register(this);
  }

  async erase(tx: EntityManager, { id, owner }: ErasedCustomer): Promise<void> {
    const userId = owner.type === 'user' ? owner.id : keyOfOwner(owner);
    const verified = await payments.find(tx, { userId, emailVerified: true });
    // By payment link: their owner is the address itself, and they are the user's where the login has verified it.
    const byLink = [...new Set(verified.map(({ email }) => email))].filter((email) => email !== '').map(ownerOfEmail);
    await payments.update(tx, { userId }, { email: '', emailVerified: false });
    await payments.update(tx, { userId: byLink }, { userId: `erased:${id}`, email: '', emailVerified: false });
  }
}
