import type { Billing } from '../billing/billing.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import type { Customer, InvoiceItem, Price } from '../model/wire.js';
import { itemOf, priceOf } from './new-invoice-item.js';
import type { Creation } from './subscription-params.js';

type Asked = NonNullable<Creation['add_invoice_items']>[number];

/**
 * `add_invoice_items` of a subscription: one-time prices that wait for its next invoice, which at its creation is the
 * first. Throws ApiError 400.
 */
export async function addItems(
  billing: Billing,
  customer: Customer,
  asked: Asked[] | undefined,
  subscription?: { id: string; currency: string },
): Promise<void> {
  const { tx, now } = billing;
  for (const [index, each] of (asked ?? []).entries()) {
    const price = await oneTimePrice(billing, each, `add_invoice_items[${index}]`);
    if (subscription && price.currency !== subscription.currency) {
      const message = `The price's currency (${price.currency}) is not that of the subscription (${subscription.currency}).`;
      throw invalidRequest(message, `add_invoice_items[${index}][price]`);
    }
    const made = await itemOf(tx, { ...NOTHING, ...each }, customer, price, now);
    const item: InvoiceItem = subscription
      ? { ...made, parent: { subscription_details: { subscription: subscription.id }, type: 'subscription_details' } }
      : made;
    await tx.objects.insert(item);
    await tx.events.record('invoiceitem.created', item);
  }
}

async function oneTimePrice({ tx }: Billing, asked: Asked, param: string): Promise<Price> {
  const { price: id, price_data: data } = asked;
  if (id === undefined && !data) throw missingParameter(`${param}[price]`);
  const found = id === undefined ? undefined : await tx.objects.find('price', id);
  if (id !== undefined && !found) throw noSuch('price', id, `${param}[price]`);
  if (found?.recurring || data?.recurring) {
    const message =
      'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.';
    throw invalidRequest(message, `${param}[price]`);
  }
  return found ?? priceOf(tx, { ...NOTHING, ...asked }, 'usd');
}

const NOTHING = {
  amount: undefined,
  description: undefined,
  discountable: undefined,
  period: undefined,
  pricing: undefined,
  unit_amount: undefined,
  unit_amount_decimal: undefined,
};
