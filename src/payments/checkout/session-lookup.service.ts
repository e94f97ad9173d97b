import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RateLimitStorage } from '../../auth/rate-limit.js';
import type { User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { SharedCalls } from '../../time/calls.js';
import { HandlerFailedError } from '../../webhook/handler-errors.js';

/** A page that is shown again within this time does not ask Stripe again. It refreshes itself less often. */
const REUSE_ANSWER_MS = 3_000;
/**
 * How often Stripe is asked for the pages of one user, at least: as often as five waiting pages refresh themselves. More often where
 * CHECKOUTS_PER_MINUTE is higher.
 */
const MIN_CALLS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Asks Stripe how a checkout ended, for a customer who returns before the webhook has arrived. */
@Injectable()
export class SessionLookup {
  private readonly logger = new Logger('Payments');
  private readonly calls = new SharedCalls<void>(REUSE_ANSWER_MS);

  constructor(
    private readonly stripe: StripeService,
    private readonly limits: RateLimitStorage,
    private readonly env: Env,
  ) {}

  /**
   * Reads a Checkout Session and stores what it says. Does nothing beyond the user's limit. A failure is only logged: the webhook
   * brings the same later.
   */
  ask(user: User, checkoutSessionId: string, store: (session: CheckoutSession) => Promise<unknown>): Promise<void> {
    return this.calls.run(checkoutSessionId, async () => {
      const limit = Math.max(MIN_CALLS_PER_MINUTE, this.env.rateLimits.checkouts);
      if ((await this.limits.increment(limitKeyOf(user), MINUTE_MS, limit)).isBlocked) return;
      try {
        await store(await this.stripe.retrieveCheckoutSession(checkoutSessionId));
      } catch (error) {
        if (!isBroughtByWebhook(error)) throw error;
        this.logger.warn(`${error.message} The webhook will bring what ${checkoutSessionId} says.`);
      }
    });
  }
}

const isBroughtByWebhook = (error: unknown) =>
  error instanceof StripeUnavailableError || error instanceof StripeRefusedError || error instanceof HandlerFailedError;

/** The key that a user's calls are counted by. */
const limitKeyOf = ({ id }: User): string => createHash('sha256').update(`success page of ${id}`).digest('hex');
