import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RateLimitStorage } from '../../auth/rate-limit.js';
import type { User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeService } from '../../stripe/stripe.service.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import type { PaymentSummary } from '../account/payment.summary.js';
import { HandlerFailedError } from '../../webhook/handler-errors.js';
import { ownersOf } from '../store/payment-owner.js';
import { CheckoutSync } from './checkout-sync.service.js';
import { SharedCalls } from '../../time/calls.js';
import { Clock } from '../../time/clock.js';

/** A success page that is shown again within this time does not ask Stripe again. It refreshes itself less often. */
const REUSE_ANSWER_MS = 3_000;
/**
 * How often Stripe is asked for the success pages of one user, at least: as often as five waiting pages refresh themselves. More
 * often where CHECKOUTS_PER_MINUTE is higher.
 */
const MIN_CALLS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Finds out how a checkout ended for a customer who returns before the webhook has arrived. */
@Injectable()
export class CheckoutLookup {
  private readonly logger = new Logger('Payments');
  private readonly calls = new SharedCalls<void>(REUSE_ANSWER_MS);

  constructor(
    private readonly stripe: StripeService,
    private readonly units: UnitOfWork,
    private readonly checkouts: CheckoutSync,
    private readonly reader: PaymentReader,
    private readonly limits: RateLimitStorage,
    private readonly env: Env,
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
    await this.calls.run(payment.id, () => this.askStripe(user, checkoutSessionId));
    return this.reader.find(owners, checkoutSessionId);
  }

  /** Does nothing beyond the user's limit. A failure is only logged: the webhook settles the payment later. */
  private async askStripe(user: User, checkoutSessionId: string): Promise<void> {
    const limit = Math.max(MIN_CALLS_PER_MINUTE, this.env.rateLimits.checkouts);
    const { isBlocked } = await this.limits.increment(limitKeyOf(user), MINUTE_MS, limit);
    if (isBlocked) return;
    try {
      const session = await this.stripe.retrieveCheckoutSession(checkoutSessionId);
      await this.units.run((tx) => this.checkouts.add(tx, [{ session, at: this.clock.now(), cause: 'success page' }]));
    } catch (error) {
      if (!isSettledByWebhook(error)) throw error;
      this.logger.warn(`${error.message} The webhook will settle the payment.`);
    }
  }
}

const isSettledByWebhook = (error: unknown) =>
  error instanceof StripeUnavailableError || error instanceof StripeRefusedError || error instanceof HandlerFailedError;

/** The key that a user's calls are counted by. */
const limitKeyOf = ({ id }: User): string => createHash('sha256').update(`success page of ${id}`).digest('hex');
