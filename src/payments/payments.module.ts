import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from '../stripe/stripe.module.js';
import { AccountController } from './account.controller.js';
import { ChargeFacts } from './charge.entity.js';
import { ChargeRecord } from './charge-record.service.js';
import { CheckoutPayments } from './checkout-payments.service.js';
import { CheckoutRecord } from './checkout-record.service.js';
import { PaymentDispute } from './dispute.entity.js';
import { DisputeReader } from './dispute-reader.service.js';
import { DisputeRecord } from './dispute-record.service.js';
import { Fulfilment } from './fulfilment/fulfilment.service.js';
import { FailDelayedPayment, SettleDelayedPayment } from './handlers/async-payment.handlers.js';
import { RecordCharge } from './handlers/charge.handler.js';
import { RecordCheckoutCompleted } from './handlers/checkout-completed.handler.js';
import { ExpireCheckout } from './handlers/checkout-expired.handler.js';
import { RecordDispute } from './handlers/dispute.handler.js';
import { RecordPaymentDeclined } from './handlers/payment-declined.handler.js';
import { RecordRefund } from './handlers/refund.handler.js';
import { PaymentHistory } from './payment-history.entity.js';
import { PaymentLedger } from './payment-ledger.service.js';
import { PaymentReader } from './payment-reader.service.js';
import { Payment } from './payment.entity.js';
import { ReceiptReader } from './receipt-reader.service.js';
import { DisputeCheck } from './reconcile/dispute-check.service.js';
import { Reconcile } from './reconcile/reconcile.service.js';
import { RefundCheck } from './reconcile/refund-check.service.js';
import { SessionCheck } from './reconcile/session-check.service.js';
import { RefundController } from './refund.controller.js';
import { PaymentRefund } from './refund.entity.js';
import { RefundRecord } from './refund-record.service.js';
import { RefundService } from './refund.service.js';
import { UnfinishedCheckouts } from './unfinished-checkouts.service.js';
import { UnfinishedRefunds } from './unfinished-refunds.service.js';

/** What happened to the money. A new event handler is a file in `handlers/` and a line in `eventHandlers`. */
const eventHandlers = [
  RecordCheckoutCompleted,
  SettleDelayedPayment,
  FailDelayedPayment,
  ExpireCheckout,
  RecordPaymentDeclined,
  RecordCharge,
  RecordRefund,
  RecordDispute,
];

@Module({
  imports: [
    DiscoveryModule,
    StripeModule,
    TypeOrmModule.forFeature([Payment, PaymentRefund, PaymentHistory, PaymentDispute, ChargeFacts]),
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
    Fulfilment,
    PaymentLedger,
    PaymentReader,
    ReceiptReader,
    Reconcile,
    RefundCheck,
    RefundRecord,
    RefundService,
    SessionCheck,
    UnfinishedCheckouts,
    UnfinishedRefunds,
  ],
  exports: [CheckoutPayments, DisputeReader, PaymentReader, Reconcile, RefundService],
})
export class PaymentsModule {}
