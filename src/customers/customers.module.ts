import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from '../stripe/stripe.module.js';
import { CustomerReader } from './customer-reader.service.js';
import { RecordCustomer } from './customer.handlers.js';
import { Customers } from './customers.service.js';
import { Customer } from './customer.entity.js';

/** Who buys: one Stripe Customer for each owner. */
@Module({
  imports: [StripeModule, TypeOrmModule.forFeature([Customer])],
  providers: [CustomerReader, Customers, RecordCustomer],
  exports: [CustomerReader, Customers],
})
export class CustomersModule {}
