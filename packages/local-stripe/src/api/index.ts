import express, { type Router } from 'express';
import type { Store } from '../state/store.js';
import { answerErrors, authenticate, identify } from '../conventions/middleware.js';
import { ApiRouter } from '../conventions/api-router.js';
import { unknownRoute } from '../conventions/errors.js';
import { balanceTransactionRoutes } from './balance-transactions.js';
import { chargeRoutes } from './charges.js';
import { checkoutSessionRoutes } from './checkout-sessions.js';
import { customerRoutes } from './customers.js';
import { disputeRoutes } from './disputes.js';
import { earlyFraudWarningRoutes } from './early-fraud-warnings.js';
import { eventRoutes } from './events.js';
import { invoicePaymentRoutes } from './invoice-payments.js';
import { invoiceRoutes } from './invoices.js';
import { paymentIntentRoutes } from './payment-intents.js';
import { paymentLinkRoutes } from './payment-links.js';
import { paymentMethodRoutes } from './payment-methods.js';
import { paymentPageRoutes } from './payment-pages.js';
import { priceRoutes } from './prices.js';
import { productRoutes } from './products.js';
import { refundRoutes } from './refunds.js';
import { subscriptionRoutes } from './subscriptions.js';
import { testClockRoutes } from './test-clocks.js';
import { webhookEndpointRoutes } from './webhook-endpoints.js';

interface Settings {
  checkoutHost?: string;
  bankDebitDelayMs: number;
  refundFailureDelayMs: number;
  log: (line: string) => void;
}

/** All routes below `/v1`. */
export function apiRoutes(
  store: Store,
  { checkoutHost, bankDebitDelayMs, refundFailureDelayMs, log }: Settings,
): Router {
  const api = new ApiRouter(store);
  productRoutes(api);
  priceRoutes(api);
  checkoutSessionRoutes(api, checkoutHost);
  paymentIntentRoutes(api, bankDebitDelayMs);
  customerRoutes(api);
  paymentLinkRoutes(api);
  paymentMethodRoutes(api);
  paymentPageRoutes(api, bankDebitDelayMs);
  chargeRoutes(api);
  refundRoutes(api, refundFailureDelayMs);
  disputeRoutes(api);
  earlyFraudWarningRoutes(api);
  balanceTransactionRoutes(api);
  eventRoutes(api);
  webhookEndpointRoutes(api);
  testClockRoutes(api);
  subscriptionRoutes(api, bankDebitDelayMs);
  invoiceRoutes(api, bankDebitDelayMs);
  invoicePaymentRoutes(api);

  const router = express.Router();
  router.use(identify, authenticate, express.urlencoded({ extended: true, limit: '1mb' }), api.router);
  router.use((request) => {
    throw unknownRoute(request.method, request.originalUrl.split('?')[0] ?? '');
  });
  router.use(answerErrors(log));
  return router;
}
