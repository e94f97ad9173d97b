import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RateLimitModule } from '../auth/rate-limit.js';
import { CustomersModule } from '../customers/customers.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { StripeModule } from '../stripe/stripe.module.js';
import { Entitlement, EntitlementChange } from './access/entitlement.entity.js';
import { StripeReads } from './reads/stripe-reads.service.js';
import { StripeRead } from './reads/stripe-read.entity.js';
import { SnapshotReader } from './reads/snapshot-reader.service.js';
import { Invoice, InvoicePayment } from './store/invoice.entity.js';
import { SubscriptionChange } from './store/subscription-change.entity.js';
import { SubscriptionCheckout } from './store/subscription-checkout.entity.js';
import { Subscription, SubscriptionHistory, SubscriptionItem } from './store/subscription.entity.js';
import { SubscriptionStore } from './store/subscription-store.service.js';
import { SubscriptionSync } from './sync/subscription-sync.service.js';

/** Plans, subscriptions, invoices, and access over time. */
@Module({
  imports: [
    CustomersModule,
    DiscoveryModule,
    PaymentsModule,
    RateLimitModule,
    StripeModule,
    TypeOrmModule.forFeature([
      Entitlement,
      EntitlementChange,
      Invoice,
      InvoicePayment,
      StripeRead,
      Subscription,
      SubscriptionChange,
      SubscriptionCheckout,
      SubscriptionHistory,
      SubscriptionItem,
    ]),
  ],
  providers: [SnapshotReader, StripeReads, SubscriptionStore, SubscriptionSync],
  exports: [SubscriptionSync],
})
export class SubscriptionsModule {}
