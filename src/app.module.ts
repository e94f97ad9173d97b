import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { BillingModule } from './billing/billing.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Env } from './config/env.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { LoggingModule } from './logging/limited-warnings.js';
import { CustomersModule } from './customers/customers.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { TimeModule } from './time/local-stripe-clock.js';
import { WebhookModule } from './webhook/webhook.module.js';

/** The whole app. A new feature's module goes into `imports`, where `nest g resource` puts it, too. */
@Module({
  imports: [
    LoggingModule,
    TimeModule,
    DatabaseModule,
    AuthModule,
    HttpModule,
    HealthModule,
    WebhookModule,
    CustomersModule,
    PaymentsModule,
    SubscriptionsModule,
    BillingModule,
  ],
})
export class AppModule {
  static forRoot(env: Env): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.forRoot(env)] };
  }
}
