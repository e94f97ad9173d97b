import type { Kind } from '../../wire.js';

/** `token` and `string` are compared as text, the latter also in part; `number` and `boolean` by what they are. */
export type FieldType = 'token' | 'string' | 'number' | 'boolean';

export type Searchable = Extract<Kind, 'product' | 'price' | 'customer' | 'payment_intent' | 'charge'>;

/** What can be searched by, in Stripe's list; `metadata` can everywhere. */
export const FIELDS: Record<Searchable, Record<string, FieldType>> = {
  product: { active: 'boolean', description: 'string', name: 'string', shippable: 'boolean', url: 'string' },
  price: { active: 'boolean', currency: 'token', lookup_key: 'string', product: 'string', type: 'token' },
  customer: { created: 'number', email: 'string', name: 'string', phone: 'string' },
  payment_intent: {
    amount: 'number',
    created: 'number',
    currency: 'token',
    customer: 'token',
    status: 'token',
  },
  charge: {
    amount: 'number',
    'billing_details.address.postal_code': 'token',
    created: 'number',
    currency: 'token',
    customer: 'token',
    disputed: 'boolean',
    'payment_method_details.card.brand': 'token',
    'payment_method_details.card.exp_month': 'number',
    'payment_method_details.card.exp_year': 'number',
    'payment_method_details.card.fingerprint': 'token',
    'payment_method_details.card.last4': 'token',
    refunded: 'boolean',
    status: 'token',
  },
};
