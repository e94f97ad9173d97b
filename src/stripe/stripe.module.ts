import { Module } from '@nestjs/common';
import { StripeService } from './stripe.service.js';
import { WebhookSignature } from './webhook-signature.js';

/** The only way out to Stripe, and the check of what claims to come from it. */
@Module({ providers: [StripeService, WebhookSignature], exports: [StripeService, WebhookSignature] })
export class StripeModule {}
