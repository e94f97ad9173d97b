import { Global, Inject, Module } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { PLANS } from '../../subscriptions/state/plan.js';
import { checkCatalog } from './catalog-check.js';
import { CATALOG, type CatalogItem, catalog, plansOf } from './catalog.js';

/** The catalog, and its plans for the modules below billing. */
@Global()
@Module({
  providers: [
    { provide: CATALOG, inject: [Env], useFactory: catalog },
    { provide: PLANS, inject: [CATALOG], useFactory: plansOf },
  ],
  exports: [CATALOG, PLANS],
})
export class CatalogModule {
  /** @throws CatalogError which stops the boot, if Stripe would refuse the catalog */
  constructor(@Inject(CATALOG) items: CatalogItem[]) {
    checkCatalog(items);
  }
}
