import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RateLimitModule } from '../auth/rate-limit.js';
import { CustomersModule } from '../customers/customers.module.js';
import { StripeModule } from '../stripe/stripe.module.js';
import { AccountSections } from './account/account-sections.js';
import { AccountController } from './account/account.controller.js';
import { DisputeReader, EarlyFraudWarnings } from './account/dispute-reader.service.js';
import { DuplicatePayments, PaymentReview } from './account/payment-review.service.js';
import { PaymentErasure } from './account/payment-erasure.service.js';
import { PaymentReader } from './account/payment-reader.service.js';
import { CheckoutLookup } from './checkout/checkout-lookup.service.js';
import { CheckoutPayments } from './checkout/checkout-payments.service.js';
import { CheckoutReturnController } from './checkout/checkout-return.controller.js';
import { SessionLookup } from './checkout/session-lookup.service.js';
import { OtherCheckouts } from './checkout/other-checkouts.js';
import { CheckoutSync } from './checkout/checkout-sync.service.js';
import { UnfinishedCheckouts } from './checkout/unfinished-checkouts.service.js';
import { DisputeSync } from './disputes/dispute-sync.service.js';
import { EarlyFraudWarningSync } from './disputes/early-fraud-warning-sync.service.js';
import { Fulfilment } from './fulfilment/fulfilment.service.js';
import { WarnOfDuplicate } from './fulfilment/warn-of-duplicate.service.js';
import { RecordCharge, RecordPaymentIntent, RecordRefund } from './handlers/charge.handlers.js';
import { ExpireCheckout, RecordCheckoutCompleted, RecordDelayedPayment } from './handlers/checkout.handlers.js';
import { RecordDispute, RecordEarlyFraudWarning } from './handlers/dispute.handlers.js';
import { DisputeCheck, RefundCheck } from './reconcile/refund-and-dispute-checks.service.js';
import { Reconcile } from './reconcile/reconcile.service.js';
import { SessionCheck } from './reconcile/session-check.service.js';
import { RefundSync } from './refunds/refund-sync.service.js';
import { RefundController } from './refunds/refund.controller.js';
import { RefundService } from './refunds/refund.service.js';
import { UnfinishedRefunds } from './refunds/unfinished-refunds.service.js';
import { ChargeSync } from './store/charge-sync.service.js';
import { ChargeFacts, PaymentRefund } from './store/charge.entity.js';
import { EarlyFraudWarningRow, PaymentDispute } from './store/dispute.entity.js';
import { Payment, PaymentHistory } from './store/payment.entity.js';
import { InvoicePaymentStore } from './store/invoice-payment.service.js';
import { PaymentStore } from './store/payment-store.service.js';

/** Add a new event handler as a file in `handlers/` and a line here. */
const eventHandlers = [
  RecordCheckoutCompleted,
  RecordDelayedPayment,
  ExpireCheckout,
  RecordPaymentIntent,
  RecordCharge,
  RecordRefund,
  RecordDispute,
  RecordEarlyFraudWarning,
];

/** Payments, their refunds and disputes: what happened to the money. */
@Module({
  imports: [
    CustomersModule,
    DiscoveryModule,
    RateLimitModule,
    StripeModule,
    TypeOrmModule.forFeature([
      Payment,
      PaymentRefund,
      PaymentHistory,
      PaymentDispute,
      ChargeFacts,
      EarlyFraudWarningRow,
    ]),
  ],
  controllers: [AccountController, CheckoutReturnController, RefundController],
  providers: [
    ...eventHandlers,
    AccountSections,
    ChargeSync,
    CheckoutLookup,
    CheckoutPayments,
    CheckoutSync,
    DisputeCheck,
    DisputeReader,
    DisputeSync,
    DuplicatePayments,
    EarlyFraudWarnings,
    EarlyFraudWarningSync,
    Fulfilment,
    InvoicePaymentStore,
    OtherCheckouts,
    PaymentErasure,
    SessionLookup,
    PaymentStore,
    PaymentReader,
    PaymentReview,
    Reconcile,
    RefundCheck,
    RefundSync,
    RefundService,
    SessionCheck,
    UnfinishedCheckouts,
    UnfinishedRefunds,
    WarnOfDuplicate,
  ],
  exports: [
    AccountSections,
    CheckoutPayments,
    DisputeReader,
    DuplicatePayments,
    EarlyFraudWarnings,
    InvoicePaymentStore,
    OtherCheckouts,
    SessionLookup,
    PaymentReader,
    PaymentReview,
    Reconcile,
    RefundService,
  ],
})
export class PaymentsModule {}
