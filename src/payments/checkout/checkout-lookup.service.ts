import { Injectable } from '@nestjs/common';
import type { User } from '../../auth/user.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Clock } from '../../time/clock.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import type { PaymentSummary } from '../account/payment.summary.js';
import { ownersOf } from '../store/payment-owner.js';
import { CheckoutSync } from './checkout-sync.service.js';
import { SessionLookup } from './session-lookup.service.js';

/** Finds out how a checkout ended for a customer who returns before the webhook has arrived. */
@Injectable()
export class CheckoutLookup {
  constructor(
    private readonly sessions: SessionLookup,
    private readonly units: UnitOfWork,
    private readonly checkouts: CheckoutSync,
    private readonly reader: PaymentReader,
    private readonly clock: Clock,
  ) {}

  /**
   * The user's payment as it is now; `undefined` for an unknown session and for somebody else's alike. Where the payment is still
   * open, Stripe is asked first, and its answer is stored by the code that the webhook uses.
   */
  async lookUp(user: User, checkoutSessionId: string): Promise<PaymentSummary | undefined> {
    const owners = ownersOf(user);
    const payment = await this.reader.find(owners, checkoutSessionId);
    if (!payment || !['pending', 'processing'].includes(payment.status)) return payment;
    await this.sessions.ask(user, checkoutSessionId, (session) =>
      this.units.run((tx) => this.checkouts.add(tx, [{ session, at: this.clock.now(), cause: 'success page' }])),
    );
    return this.reader.find(owners, checkoutSessionId);
  }
}
