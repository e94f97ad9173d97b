// Gives the built app the catalog of the year's test, a handler that records what is granted and revoked, and a route that answers
// what owners may do. The command line runs it, too: its `reconcile` must know the same catalog.
import { readFileSync } from 'node:fs';
import { Controller, Get, Inject, Module, Query } from '@nestjs/common';
import { AppModule } from '../../dist/app.module.js';
import { SessionUserGuard } from '../../dist/auth/user.js';
import { CatalogModule } from '../../dist/billing/catalog/catalog.module.js';
import { CATALOG } from '../../dist/billing/catalog/catalog.js';
import { EntitlementsService } from '../../dist/subscriptions/access/entitlements.service.js';
import { OnEntitlement } from '../../dist/subscriptions/access/on-entitlement.js';
import { SubscriptionsModule } from '../../dist/subscriptions/subscriptions.module.js';
import { LocalStripeClock } from '../../dist/time/local-stripe-clock.js';

const catalog = JSON.parse(readFileSync(new URL('catalog.json', import.meta.url), 'utf8'));
const provided = Reflect.getMetadata('providers', CatalogModule).find(({ provide }) => provide === CATALOG);
Object.assign(provided, { inject: [], useFactory: () => catalog });

/** Each change is a row, and nothing keeps a second one out. */
class RecordEntitlement {
  async apply({ owner, feature, change, seq, at }, tx) {
    const row = [owner.id, feature, change, seq, at.getTime()];
    await tx.query('INSERT INTO recorded (owner_id, feature, change, seq, at) VALUES ($1, $2, $3, $4, $5)', row);
  }
}
OnEntitlement('granted', 'revoked')(RecordEntitlement);

/** `GET /year/access?owner=…&feature=…` at this moment of the local Stripe's clock. */
class AccessController {
  constructor(entitlements, clock) {
    this.entitlements = entitlements;
    this.clock = clock;
  }

  async has(id, feature) {
    await this.clock.refresh().catch(() => undefined);
    return { has: await this.entitlements.has({ type: 'user', id }, feature) };
  }
}
Controller('year')(AccessController);
Inject(EntitlementsService)(AccessController, undefined, 0);
Inject(LocalStripeClock)(AccessController, undefined, 1);
Query('owner')(AccessController.prototype, 'has', 0);
Query('feature')(AccessController.prototype, 'has', 1);
Get('access')(AccessController.prototype, 'has', Object.getOwnPropertyDescriptor(AccessController.prototype, 'has'));

class YearModule {}
Module({ imports: [SubscriptionsModule], controllers: [AccessController], providers: [RecordEntitlement] })(YearModule);

/** Whoever the tests' browser says it is. */
const { canActivate } = SessionUserGuard.prototype;
SessionUserGuard.prototype.canActivate = async function (context) {
  const allowed = await canActivate.call(this, context);
  const request = context.switchToHttp().getRequest();
  const email = request.get('x-test-user');
  if (email && request.user) request.user = { id: email, email };
  return allowed;
};

const { forRoot } = AppModule;
AppModule.forRoot = (env) => {
  const module = forRoot(env);
  return { ...module, imports: [...(module.imports ?? []), YearModule] };
};
