import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from '../stripe/stripe.module.js';
import { AccountController } from './account/account.controller.js';
import { ChargeFacts } from './charges/charge.entity.js';
import { ChargeRecord } from './charges/charge-record.service.js';
import { CheckoutPayments } from './checkout/checkout-payments.service.js';
import { CheckoutRecord } from './checkout/checkout-record.service.js';
import { UnfinishedCheckouts } from './checkout/unfinished-checkouts.service.js';
import { PaymentDispute } from './disputes/dispute.entity.js';
import { DisputeRecord } from './disputes/dispute-record.service.js';
import { Fulfilment } from './fulfilment/fulfilment.service.js';
import { EarlyFraudWarningRow } from './fraud/early-fraud-warning.entity.js';
import { EarlyFraudWarningSync } from './fraud/early-fraud-warning-sync.service.js';
import { RecordCharge } from './handlers/charge.handler.js';
import { RecordCheckoutCompleted } from './handlers/checkout-completed.handler.js';
import { ExpireCheckout } from './handlers/checkout-expired.handler.js';
import { RecordDelayedPayment } from './handlers/delayed-payment.handler.js';
import { RecordDispute } from './handlers/dispute.handler.js';
import { RecordEarlyFraudWarning } from './handlers/early-fraud-warning.handler.js';
import { RecordPaymentIntent } from './handlers/payment-intent.handler.js';
import { RecordRefund } from './handlers/refund.handler.js';
import { Payment } from './ledger/payment.entity.js';
import { PaymentHistory } from './ledger/payment-history.entity.js';
import { PaymentLedger } from './ledger/payment-ledger.service.js';
import { UnexplainedPayments } from './ledger/unexplained-payments.service.js';
import { DisputeReader } from './reading/dispute-reader.service.js';
import { EarlyFraudWarnings } from './reading/early-fraud-warnings.service.js';
import { PaymentReader } from './reading/payment-reader.service.js';
import { PaymentReview } from './reading/payment-review.service.js';
import { ReceiptReader } from './reading/receipt-reader.service.js';
import { DisputeCheck } from './reconcile/dispute-check.service.js';
import { Reconcile } from './reconcile/reconcile.service.js';
import { RefundCheck } from './reconcile/refund-check.service.js';
import { SessionCheck } from './reconcile/session-check.service.js';
import { RefundController } from './refunds/refund.controller.js';
import { PaymentRefund } from './refunds/refund.entity.js';
import { RefundRecord } from './refunds/refund-record.service.js';
import { RefundService } from './refunds/refund.service.js';
import { UnfinishedRefunds } from './refunds/unfinished-refunds.service.js';

/** What happened to the money. A new event handler is a file in `handlers/` and a line in `eventHandlers`. */
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

@Module({
  imports: [
    DiscoveryModule,
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
  controllers: [AccountController, RefundController],
  providers: [
    ...eventHandlers,
    ChargeRecord,
    CheckoutPayments,
    CheckoutRecord,
    DisputeCheck,
    DisputeReader,
    DisputeRecord,
    EarlyFraudWarnings,
    EarlyFraudWarningSync,
    Fulfilment,
    PaymentLedger,
    PaymentReader,
    PaymentReview,
    ReceiptReader,
    Reconcile,
    RefundCheck,
    RefundRecord,
    RefundService,
    SessionCheck,
    UnexplainedPayments,
    UnfinishedCheckouts,
    UnfinishedRefunds,
  ],
  exports: [
    CheckoutPayments,
    DisputeReader,
    EarlyFraudWarnings,
    PaymentReader,
    PaymentReview,
    Reconcile,
    RefundService,
    UnexplainedPayments,
  ],
})
export class PaymentsModule {}
