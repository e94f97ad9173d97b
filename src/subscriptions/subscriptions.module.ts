import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RateLimitModule } from '../auth/rate-limit.js';
import { CustomersModule } from '../customers/customers.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { StripeModule } from '../stripe/stripe.module.js';
import { DuplicateEnd } from './account/duplicate-end.service.js';
import { FailingReads } from './account/failing-reads.service.js';
import { PlanActions } from './account/plan-actions.service.js';
import { PlanController } from './account/plan.controller.js';
import { PlanSection } from './account/plan-section.service.js';
import { PortalConfiguration } from './account/portal-configuration.service.js';
import { AccessOnReversal } from './access/access-on-reversal.js';
import { AccessSync } from './access/access-sync.service.js';
import { AccessTimer } from './access/access-timer.service.js';
import { CatalogAccess } from './access/catalog-access.service.js';
import { EntitlementSync } from './access/entitlement-sync.service.js';
import { Entitlement, EntitlementChange } from './access/entitlement.entity.js';
import { EntitlementsService } from './access/entitlements.service.js';
import { EntitlementGuard } from './access/requires-entitlement.js';
import { SubscriptionCancel } from './account/subscription-cancel.service.js';
import { SubscriptionErasure } from './account/subscription-erasure.service.js';
import { SubscriptionReader } from './account/subscription-reader.service.js';
import { PlanChangeController } from './changes/plan-change.controller.js';
import { PendingChange } from './changes/pending-change.service.js';
import { PlanChanges } from './changes/plan-changes.service.js';
import { PlanChoices } from './changes/plan-choices.service.js';
import { PlanPreviews } from './changes/plan-previews.service.js';
import { UnfinishedPlanChanges } from './changes/unfinished-plan-changes.service.js';
import { PlanReturnController } from './checkout/plan-return.controller.js';
import { PlanReturnLookup } from './checkout/plan-return.service.js';
import { SubscriptionCheckouts } from './checkout/subscription-checkouts.service.js';
import { UnfinishedPlanCheckouts } from './checkout/unfinished-plan-checkouts.service.js';
import { RecordSubscription } from './handlers/subscription.handlers.js';
import { RecordInvoice, RecordInvoicePayment, RecordInvoiceProcessing } from './handlers/invoice.handlers.js';
import { InvoiceStore } from './invoices/invoice-store.service.js';
import { InvoiceSync } from './invoices/invoice-sync.service.js';
import { CustomerCheck } from './reconcile/customer-check.service.js';
import { InvoiceCheck } from './reconcile/invoice-check.service.js';
import { ReadCause } from './reconcile/read-cause.service.js';
import { StripeReads } from './reads/stripe-reads.service.js';
import { StripeRead } from './reads/stripe-read.entity.js';
import { SnapshotReader } from './reads/snapshot-reader.service.js';
import { Invoice, InvoicePayment } from './store/invoice.entity.js';
import { SubscriptionChange } from './store/subscription-change.entity.js';
import { SubscriptionCheckout } from './store/subscription-checkout.entity.js';
import { Subscription, SubscriptionHistory, SubscriptionItem } from './store/subscription.entity.js';
import { SubscriptionStore } from './store/subscription-store.service.js';
import { SubscriptionCheck } from './reconcile/subscription-check.service.js';
import { SubscriptionReconcile } from './reconcile/subscription-reconcile.service.js';
import { Duplicates } from './sync/duplicates.service.js';
import { SubscriptionSync } from './sync/subscription-sync.service.js';

/** Add a new event handler as a file in `handlers/` and a line here. */
const eventHandlers = [RecordSubscription, RecordInvoice, RecordInvoicePayment, RecordInvoiceProcessing];

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
  controllers: [PlanChangeController, PlanController, PlanReturnController],
  providers: [
    ...eventHandlers,
    CustomerCheck,
    DuplicateEnd,
    Duplicates,
    FailingReads,
    InvoiceCheck,
    InvoiceStore,
    InvoiceSync,
    PlanActions,
    PendingChange,
    PlanChanges,
    PlanChoices,
    PlanPreviews,
    UnfinishedPlanChanges,
    PlanReturnLookup,
    PlanSection,
    PortalConfiguration,
    ReadCause,
    SnapshotReader,
    StripeReads,
    SubscriptionCancel,
    SubscriptionCheck,
    SubscriptionCheckouts,
    SubscriptionErasure,
    SubscriptionReader,
    SubscriptionReconcile,
    SubscriptionStore,
    SubscriptionSync,
    UnfinishedPlanCheckouts,
    AccessOnReversal,
    AccessSync,
    AccessTimer,
    CatalogAccess,
    EntitlementsService,
    EntitlementSync,
    { provide: APP_GUARD, useClass: EntitlementGuard },
  ],
  exports: [
    PortalConfiguration,
    EntitlementsService,
    FailingReads,
    SnapshotReader,
    SubscriptionCancel,
    SubscriptionCheckouts,
    SubscriptionReader,
    SubscriptionReconcile,
    SubscriptionSync,
  ],
})
export class SubscriptionsModule {}
