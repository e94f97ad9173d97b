import express, { type Router } from 'express';
import type { Store } from '../state/store.js';
import { answerErrors, authenticate, identify } from '../conventions/middleware.js';
import { ApiRouter } from '../conventions/api-router.js';
import { notHere, unknownRoute } from '../conventions/errors.js';
import { sdkHasRoute } from '../conventions/sdk.js';
import type { UnknownHere } from '../conventions/unknown-here.js';
import { balanceRoutes } from './balance.js';
import { entitlementRoutes } from './entitlements.js';
import { ephemeralKeyRoutes } from './ephemeral-keys.js';
import { planRoutes } from './plans.js';
import { balanceTransactionRoutes } from './balance-transactions.js';
import { chargeRoutes } from './charges.js';
import { checkoutSessionRoutes } from './checkout-sessions.js';
import { couponRoutes } from './coupons.js';
import { creditNoteRoutes } from './credit-notes.js';
import { customerBalanceRoutes } from './customer-balance-transactions.js';
import { customerDiscountRoutes } from './customer-discount.js';
import { customerRoutes } from './customers.js';
import { disputeRoutes } from './disputes.js';
import { earlyFraudWarningRoutes } from './early-fraud-warnings.js';
import { eventRoutes } from './events.js';
import { invoiceItemRoutes } from './invoice-items.js';
import { invoicePaymentRoutes } from './invoice-payments.js';
import { invoiceRoutes } from './invoices.js';
import { paymentIntentRoutes } from './payment-intents.js';
import { paymentLinkRoutes } from './payment-links.js';
import { paymentMethodRoutes } from './payment-methods.js';
import { paymentPageRoutes } from './payment-pages.js';
import { portalConfigurationRoutes } from './portal-configurations.js';
import { portalSessionRoutes } from './portal-sessions.js';
import { priceRoutes } from './prices.js';
import { productRoutes } from './products.js';
import { promotionCodeRoutes } from './promotion-codes.js';
import { quoteRoutes } from './quotes.js';
import { refundRoutes } from './refunds.js';
import { setupIntentRoutes } from './setup-intents.js';
import { sourceRoutes } from './sources.js';
import { accountRoutes } from './simple/accounts.js';
import { otherRoutes } from './simple/others.js';
import { payoutRoutes } from './simple/payouts.js';
import { transferRoutes } from './simple/transfers.js';
import { cashBalanceRoutes } from './cash-balance.js';
import { subscriptionItemRoutes } from './subscription-items.js';
import { subscriptionPauseRoutes } from './subscription-pauses.js';
import { subscriptionRoutes } from './subscriptions.js';
import { taxIdRoutes } from './tax-ids.js';
import { taxRateRoutes } from './tax-rates.js';
import { subscriptionScheduleRoutes } from './subscription-schedules.js';
import { testClockRoutes } from './test-clocks.js';
import { tokenRoutes } from './tokens.js';
import { webhookEndpointRoutes } from './webhook-endpoints.js';

interface Settings {
  checkoutHost?: string;
  unknownHere: UnknownHere;
  log: (line: string) => void;
}

/** Adds all routes below `/v1`. */
export function addRoutes(api: ApiRouter, checkoutHost?: string): void {
  productRoutes(api);
  priceRoutes(api);
  planRoutes(api);
  checkoutSessionRoutes(api, checkoutHost);
  paymentIntentRoutes(api);
  customerRoutes(api);
  customerDiscountRoutes(api);
  sourceRoutes(api);
  tokenRoutes(api);
  paymentLinkRoutes(api);
  paymentMethodRoutes(api);
  portalConfigurationRoutes(api);
  portalSessionRoutes(api, checkoutHost);
  setupIntentRoutes(api);
  subscriptionScheduleRoutes(api);
  paymentPageRoutes(api);
  chargeRoutes(api);
  refundRoutes(api);
  disputeRoutes(api);
  earlyFraudWarningRoutes(api);
  balanceRoutes(api);
  balanceTransactionRoutes(api);
  ephemeralKeyRoutes(api);
  eventRoutes(api);
  webhookEndpointRoutes(api);
  testClockRoutes(api);
  accountRoutes(api);
  payoutRoutes(api);
  transferRoutes(api);
  otherRoutes(api);
  cashBalanceRoutes(api);
  quoteRoutes(api);
  subscriptionRoutes(api);
  invoiceRoutes(api);
  invoicePaymentRoutes(api);
  invoiceItemRoutes(api);
  couponRoutes(api);
  creditNoteRoutes(api);
  promotionCodeRoutes(api);
  taxRateRoutes(api);
  taxIdRoutes(api);
  entitlementRoutes(api);
  customerBalanceRoutes(api);
  subscriptionPauseRoutes(api);
  subscriptionItemRoutes(api);
}

/** The router below `/v1`. */
export function apiRoutes(store: Store, { checkoutHost, unknownHere, log }: Settings): Router {
  const api = new ApiRouter(store, unknownHere);
  addRoutes(api, checkoutHost);
  const router = express.Router();
  router.use(identify, authenticate, express.urlencoded({ extended: true, limit: '1mb' }), api.router);
  router.use((request) => {
    const path = request.originalUrl.split('?')[0] ?? '';
    if (sdkHasRoute(request.method, path)) throw notHere(`${request.method} ${path}`, undefined, 404);
    throw unknownRoute(request.method, path);
  });
  router.use(answerErrors(log));
  return router;
}

/** The router below `/v2`, of which there is nothing here: every call is answered with an error, in JSON. */
export function newerApiRoutes(log: (line: string) => void): Router {
  const router = express.Router();
  router.use(identify, authenticate, (request) => {
    throw notHere(`${request.method} ${request.originalUrl.split('?')[0] ?? ''}`, undefined, 404);
  });
  router.use(answerErrors(log));
  return router;
}
