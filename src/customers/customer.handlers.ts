import type { EntityManager } from 'typeorm';
import { missingField, sourceOf } from '../stripe/stripe-fields.js';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../webhook/index.js';
import { Customers } from './customers.service.js';

type CustomerEvent = 'customer.updated' | 'customer.deleted';

/** A customer was changed at Stripe, by the portal or in the Dashboard, or was deleted. */
@HandlesStripeEvent('customer.updated', 'customer.deleted')
export class RecordCustomer implements StripeEventHandler<CustomerEvent> {
  constructor(private readonly customers: Customers) {}

  reasonToIgnore({ data }: StripeEventOf<CustomerEvent>): string | undefined {
    return missingField('customer', data.object, { id: 'word' });
  }

  lockKeys({ data }: StripeEventOf<CustomerEvent>): string[] {
    return [data.object.id];
  }

  async apply(event: StripeEventOf<CustomerEvent>, tx: EntityManager): Promise<void> {
    const { at } = sourceOf(event);
    const customer = event.data.object;
    if (event.type === 'customer.deleted') await this.customers.markDeleted(tx, customer.id, at);
    else await this.customers.update(tx, customer, at);
  }
}
