import { Module } from '@nestjs/common';
import { RateLimitModule } from '../auth/rate-limit.js';
import { CustomersModule } from '../customers/customers.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { StripeModule } from '../stripe/stripe.module.js';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module.js';
import { CatalogBoot } from './catalog/catalog-boot.service.js';
import { CatalogStatus, CatalogSync } from './catalog/catalog-sync.service.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { FeatureSync } from './catalog/feature-sync.service.js';
import { Offers } from './catalog/offers.service.js';
import { CheckoutOpener } from './checkout-opener.service.js';
import { CheckoutService } from './checkout.service.js';
import { OnlySession } from './only-session.service.js';
import { PlanCheckoutOpener } from './plan-checkout.service.js';
import { CheckoutController, ShopController } from './shop.controller.js';

/** The catalog, the shop page, and the way to Checkout. */
@Module({
  imports: [CatalogModule, CustomersModule, PaymentsModule, RateLimitModule, StripeModule, SubscriptionsModule],
  controllers: [ShopController, CheckoutController],
  providers: [
    CatalogBoot,
    CatalogStatus,
    CatalogSync,
    CheckoutOpener,
    CheckoutService,
    FeatureSync,
    Offers,
    OnlySession,
    PlanCheckoutOpener,
  ],
  exports: [CatalogStatus, CatalogSync, FeatureSync],
})
export class BillingModule {}
