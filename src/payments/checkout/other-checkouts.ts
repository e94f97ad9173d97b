import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import type { FactSource } from '../state/payment-facts.js';

/** Stores what a Checkout Session says, in the transaction of its event. */
export type CheckoutListener = (tx: EntityManager, session: CheckoutSession, source: FactSource) => Promise<void>;

/** Checkout Sessions that take no one-time payment: the rooms that open them take their events. */
@Injectable()
export class OtherCheckouts {
  private readonly byMode = new Map<string, CheckoutListener>();

  /** Adds what takes the sessions of a mode, such as `subscription`. Call it in a constructor. */
  take(mode: string, listener: CheckoutListener): void {
    this.byMode.set(mode, listener);
  }

  /** What takes a session; undefined for one of mode `payment`, and where nothing does. */
  listenerOf({ mode }: Pick<CheckoutSession, 'mode'>): CheckoutListener | undefined {
    return this.byMode.get(mode);
  }
}
