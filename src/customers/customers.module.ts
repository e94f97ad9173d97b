import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from '../stripe/stripe.module.js';
import { CustomerEmails } from './customer-emails.service.js';
import { CustomerErasure } from './customer-erasure.service.js';
import { CustomerReader } from './customer-reader.service.js';
import { RecordCustomer } from './customer.handlers.js';
import { Customers } from './customers.service.js';
import { Customer } from './customer.entity.js';

/** Who buys: one Stripe Customer for each owner. */
@Module({
  imports: [StripeModule, TypeOrmModule.forFeature([Customer])],
  providers: [CustomerEmails, CustomerErasure, CustomerReader, Customers, RecordCustomer],
  exports: [CustomerErasure, CustomerReader, Customers],
})
export class CustomersModule {}
