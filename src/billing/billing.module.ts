import { Inject, Module } from '@nestjs/common';
import { RateLimitModule } from '../auth/rate-limit.js';
import { Env } from '../config/env.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { StripeModule } from '../stripe/stripe.module.js';
import { CatalogBoot } from './catalog/catalog-boot.service.js';
import { CatalogStatus, CatalogSync } from './catalog/catalog-sync.service.js';
import { checkCatalog } from './catalog/catalog-check.js';
import { CATALOG, type CatalogItem, catalog } from './catalog/catalog.js';
import { Offers } from './catalog/offers.service.js';
import { CheckoutOpener, CheckoutService } from './checkout.service.js';
import { CheckoutController, ShopController } from './shop.controller.js';

/** The catalog, the shop page, and the way to Checkout. */
@Module({
  imports: [PaymentsModule, RateLimitModule, StripeModule],
  controllers: [ShopController, CheckoutController],
  providers: [
    CatalogBoot,
    CatalogStatus,
    CatalogSync,
    CheckoutOpener,
    CheckoutService,
    Offers,
    { provide: CATALOG, inject: [Env], useFactory: catalog },
  ],
  exports: [CatalogStatus, CatalogSync],
})
export class BillingModule {
  /** @throws CatalogError which stops the boot, if Stripe would refuse the catalog */
  constructor(@Inject(CATALOG) items: CatalogItem[]) {
    checkCatalog(items);
  }
}
