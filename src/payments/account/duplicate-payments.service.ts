import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { inChunks } from '../../database/sql.js';
import { Payment } from '../store/payment.entity.js';

/** A payment that was made again while its checkout was open. */
export interface DuplicatePayment {
  paymentId: string;
  /** Payments of the same user and price that were begun before this one was paid, oldest first. */
  alsoPaidAs: string[];
  userId: string;
  email: string;
  priceKey: string;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  createdAt: Date;
}

/** A Checkout Session is open no longer than a day: what was begun earlier was over. With room for clocks that differ. */
const LONGEST_OPEN_MS = 25 * 3_600_000;
/** Stripe's times have whole seconds, rounded down. */
const ROUNDED_OFF_MS = 1_000;

/**
 * The first payment that was still unpaid when `later` was begun, and is the same user's and of the same price. Both are the
 * seller's still: once one of them is refunded whole, nothing is paid twice. Who bought what elsewhere is not known well enough.
 */
const FIRST_BEFORE = `
  SELECT earlier.id FROM payments earlier
  WHERE earlier.user_id = later.user_id AND earlier.price_key = later.price_key
    AND earlier.status IN ('paid', 'partially_refunded')
    AND earlier.created_at BETWEEN later.created_at - ${LONGEST_OPEN_MS} AND later.created_at
    AND (earlier.created_at, earlier.id) < (later.created_at, later.id)
    AND later.created_at < COALESCE(earlier.processing_at, earlier.settled_at) + ${ROUNDED_OFF_MS}
  ORDER BY earlier.created_at, earlier.id LIMIT 1`;

const DUPLICATES = `
  SELECT * FROM (
    SELECT later.id AS duplicate_id, later.created_at AS begun_at, (${FIRST_BEFORE}) AS first_id FROM payments later
    WHERE later.status IN ('paid', 'partially_refunded') AND later.user_id <> '' AND later.price_key <> 'unknown'
  ) pairs WHERE first_id IS NOT NULL ORDER BY begun_at, duplicate_id`;

/** Finds what was paid twice all the same: one open checkout for a customer and a price is the rule, and this its exception. */
@Injectable()
export class DuplicatePayments {
  constructor(@InjectRepository(Payment) private readonly payments: Repository<Payment>) {}

  /** Newest first. Reads every payment: for an operator, not for a page. */
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
