import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from '../stripe/stripe.module.js';
import { AccountController } from './account.controller.js';
import { ChargeFacts } from './charge.entity.js';
import { CheckoutPayments } from './checkout-payments.service.js';
import { CheckoutRecord } from './checkout-record.service.js';
import { FailDelayedPayment, SettleDelayedPayment } from './handlers/async-payment.handlers.js';
import { NoteChargeRefunded } from './handlers/charge-refunded.handler.js';
import { RecordCheckoutCompleted } from './handlers/checkout-completed.handler.js';
import { ExpireCheckout } from './handlers/checkout-expired.handler.js';
import { RecordRefund } from './handlers/refund.handler.js';
import { PaymentHistory } from './payment-history.entity.js';
import { PaymentLedger } from './payment-ledger.service.js';
import { PaymentReader } from './payment-reader.service.js';
import { Payment } from './payment.entity.js';
import { RefundController } from './refund.controller.js';
import { PaymentRefund } from './refund.entity.js';
import { RefundRecord } from './refund-record.service.js';
import { RefundService } from './refund.service.js';
import { UnfinishedRefunds } from './unfinished-refunds.service.js';

/** What happened to the money. A new event handler is a file in `handlers/` and a line in `eventHandlers`. */
const eventHandlers = [
  RecordCheckoutCompleted,
  SettleDelayedPayment,
  FailDelayedPayment,
  ExpireCheckout,
  NoteChargeRefunded,
  RecordRefund,
];

@Module({
  imports: [StripeModule, TypeOrmModule.forFeature([Payment, PaymentRefund, PaymentHistory, ChargeFacts])],
  controllers: [AccountController, RefundController],
  providers: [
    ...eventHandlers,
    CheckoutPayments,
    CheckoutRecord,
    PaymentLedger,
    PaymentReader,
    RefundRecord,
    RefundService,
    UnfinishedRefunds,
  ],
  exports: [CheckoutPayments, PaymentReader],
})
export class PaymentsModule {}
