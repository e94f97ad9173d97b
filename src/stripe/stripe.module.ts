import { Module } from '@nestjs/common';
import { StripeCustomers } from './stripe-customers.service.js';
import { StripeSubscriptions } from './stripe-subscriptions.service.js';
import { StripeService } from './stripe.service.js';
import { WebhookSignature } from './webhook-signature.js';

const services = [StripeCustomers, StripeService, StripeSubscriptions, WebhookSignature];

/** Calls to Stripe, and the check of signatures. */
@Module({ providers: services, exports: services })
export class StripeModule {}
