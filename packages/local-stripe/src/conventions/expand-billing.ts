import type { Tx } from '../state/store.js';
import type { Kind } from '../model/wire.js';
import { page } from './lists.js';

const CUSTOMER: Kind[] = ['customer', 'deleted_customer'];
const METHOD: Kind = 'payment_method';

/** Expandable fields of billing's objects. */
export const BILLING_REFERENCES: Record<string, Record<string, Kind | Kind[]>> = {
  subscription: {
    customer: CUSTOMER,
    default_payment_method: METHOD,
    default_source: METHOD,
    discounts: 'discount',
    latest_invoice: 'invoice',
    pending_setup_intent: METHOD,
    schedule: METHOD,
    test_clock: 'test_helpers.test_clock',
  },
  subscription_item: { discounts: 'discount' },
  invoice: {
    customer: CUSTOMER,
    default_payment_method: METHOD,
    default_source: METHOD,
    discounts: 'discount',
    latest_revision: 'invoice',
    test_clock: 'test_helpers.test_clock',
  },
  line_item: { discounts: 'discount', subscription: 'subscription' },
  invoiceitem: { customer: CUSTOMER, discounts: 'discount', invoice: 'invoice', test_clock: 'test_helpers.test_clock' },
  invoice_payment: { invoice: 'invoice' },
  customer_balance_transaction: { customer: CUSTOMER, invoice: 'invoice', credit_note: 'credit_note' },
  discount: { customer: CUSTOMER, promotion_code: 'promotion_code' },
  promotion_code: { customer: CUSTOMER },
  credit_note: {
    customer: CUSTOMER,
    customer_balance_transaction: 'customer_balance_transaction',
    invoice: 'invoice',
  },
};

/** The same for fields of nested objects: `payments.data.payment.payment_intent`, `lines.data.pricing.price_details.price`. */
export const BILLING_ANYWHERE: Record<string, Kind | Kind[]> = {
  charge: 'charge',
  coupon: 'coupon',
  discount: 'discount',
  invoice: 'invoice',
  payment_intent: 'payment_intent',
  price: 'price',
  subscription: 'subscription',
  tax_rate: 'tax_rate',
};

/** Fields that are only there when they are expanded. */
export const BILLING_INCLUDABLE: Record<string, (tx: Tx, id: string) => Promise<Record<string, unknown>>> = {
  'invoice.payments': async (tx, id) => ({
    ...(await page(tx, 'invoice_payment', '/v1/invoice_payments', { where: { invoice: id } })),
  }),
  'invoice.confirmation_secret': async (tx, id) => {
    const [payment] = await tx.objects.list('invoice_payment', { limit: 1, where: { invoice: id } });
    const intent = payment && (await tx.objects.find('payment_intent', String(payment.payment.payment_intent)));
    return intent ? { client_secret: intent.client_secret, type: 'payment_intent' } : (null as never);
  },
};
