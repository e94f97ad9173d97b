import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { inChunks } from '../../database/sql.js';
import { Payment } from '../store/payment.entity.js';

/** A purchase that was paid twice: before this payment was paid, the same user began others of the price, which were paid too. */
export interface DuplicatePayment {
  paymentId: string;
  /** Ids of paid payments of the same user and price that were begun before this one was paid, oldest first. */
  alsoPaidAs: string[];
  userId: string;
  email: string;
  priceKey: string;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  createdAt: Date;
}

/** A Checkout Session is open for a day at most; the hour more allows for clocks that differ. */
const LONGEST_OPEN_MS = 25 * 3_600_000;
/** Stripe's times are rounded down to whole seconds. */
const ROUNDING_MS = 1_000;

/**
 * SQL: the first payment of the same user and price that was still unpaid when `later` was begun. Both must still be paid: once one
 * is fully refunded, nothing is paid twice.
 */
const FIRST_BEFORE = `
  SELECT earlier.id FROM payments earlier
  WHERE earlier.user_id = later.user_id AND earlier.price_key = later.price_key
    AND earlier.status IN ('paid', 'partially_refunded')
    AND earlier.created_at BETWEEN later.created_at - ${LONGEST_OPEN_MS} AND later.created_at
    AND (earlier.created_at, earlier.id) < (later.created_at, later.id)
    AND later.created_at < COALESCE(earlier.processing_at, earlier.settled_at) + ${ROUNDING_MS}
  ORDER BY earlier.created_at, earlier.id LIMIT 1`;

/** SQL: the pairs. Payments that were not started here are left out where their user or price is not known. */
const DUPLICATES = `
  SELECT * FROM (
    SELECT later.id AS duplicate_id, later.created_at AS begun_at, (${FIRST_BEFORE}) AS first_id FROM payments later
    WHERE later.status IN ('paid', 'partially_refunded') AND later.user_id <> '' AND later.price_key <> 'unknown'
  ) pairs WHERE first_id IS NOT NULL ORDER BY begun_at, duplicate_id`;

/** Finds purchases that were paid twice although a customer has only one open checkout of a price. */
@Injectable()
export class DuplicatePayments {
  constructor(@InjectRepository(Payment) private readonly payments: Repository<Payment>) {}

  /** Newest first. Reads every payment: for operators, not for a customer's page. */
  async list(): Promise<DuplicatePayment[]> {
    const pairs: { duplicate_id: string; first_id: string }[] = await this.payments.query(DUPLICATES);
    const duplicates = new Map<string, string[]>();
    for (const { duplicate_id: id, first_id: first } of pairs)
      duplicates.set(first, [...(duplicates.get(first) ?? []), id]);
    const found = await inChunks([...duplicates.keys()], (ids) => this.payments.findBy({ id: In(ids) }));
    return found
      .toSorted((a, b) => +b.createdAt - +a.createdAt)
      .map(({ id, userId, email, priceKey, amount, currency, createdAt }) => {
        const alsoPaidAs = duplicates.get(id) ?? [];
        return { paymentId: id, alsoPaidAs, userId, email, priceKey, amount, currency, createdAt };
      });
  }
}
