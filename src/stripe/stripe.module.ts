import { Module } from '@nestjs/common';
import { StripeService } from './stripe.service.js';
import { WebhookSignature } from './webhook-signature.js';

/** Calls to Stripe, and the check of signatures. */
@Module({ providers: [StripeService, WebhookSignature], exports: [StripeService, WebhookSignature] })
export class StripeModule {}
