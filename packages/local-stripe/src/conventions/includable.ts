import type { Tx } from '../state/store.js';
import { asCard } from '../payments/cards.js';
import { page } from './lists.js';

type Part = Record<string, unknown>;

const wholeList = (data: unknown[], url: string): Part => ({ object: 'list', data, has_more: false, url });

/** Fields that an answer has only where they are expanded, by kind and name. */
export const INCLUDABLE: Record<string, (tx: Tx, id: string) => Promise<Part | null>> = {
  'price.currency_options': async ({ objects }, id) => {
    const own = await objects.get('price', id);
    const options = { [own.currency]: own, ...(await objects.findNotes('price', id))?.currencyOptions };
    const shown = Object.entries(options).map(([currency, { tax_behavior = 'unspecified', unit_amount }]) => [
      currency,
      { custom_unit_amount: null, tax_behavior, unit_amount, unit_amount_decimal: String(unit_amount) },
    ]);
    return Object.fromEntries(shown) as Part;
  },
  'price.tiers': async ({ objects }, id) => ((await objects.get('price', id)).tier_table ?? null) as Part | null,
  'checkout.session.line_items': async ({ objects }, id) =>
    wholeList((await objects.notes('checkout.session', id)).lineItems, `/v1/checkout/sessions/${id}/line_items`),
  'payment_link.line_items': async ({ objects }, id) =>
    wholeList((await objects.notes('payment_link', id)).lineItems, `/v1/payment_links/${id}/line_items`),
  'quote.line_items': async ({ objects }, id) =>
    wholeList((await objects.notes('quote', id)).lineItems, `/v1/quotes/${id}/line_items`),
  'charge.refunds': async (tx, id) => ({
    ...(await page(tx, 'refund', `/v1/charges/${id}/refunds`, { where: { charge: id } })),
    total_count: (await tx.objects.list('refund', { limit: -1, where: { charge: id } })).length,
  }),
  'invoice.payments': async (tx, id) => ({
    ...(await page(tx, 'invoice_payment', '/v1/invoice_payments', { where: { invoice: id } })),
  }),
  'invoice.confirmation_secret': async ({ objects }, id) => {
    const [payment] = await objects.list('invoice_payment', { limit: 1, where: { invoice: id } });
    const intent = payment && (await objects.find('payment_intent', String(payment.payment.payment_intent)));
    return intent ? { client_secret: intent.client_secret, type: 'payment_intent' } : null;
  },
  'customer.tax': async () => ({
    automatic_tax: 'unrecognized_location',
    ip_address: null,
    location: null,
    provider: 'stripe',
  }),
  'customer.sources': async ({ objects }, id) => {
    const cards = await objects.list('payment_method', { limit: -1, where: { customer: id, id: { glob: 'card_*' } } });
    const data = cards.map((card) => asCard(card));
    return { ...wholeList(data, `/v1/customers/${id}/sources`), total_count: data.length };
  },
  'customer.subscriptions': async (tx, id) => ({
    ...(await page(tx, 'subscription', `/v1/customers/${id}/subscriptions`, { where: { customer: id } })),
    total_count: (await tx.objects.list('subscription', { limit: -1, where: { customer: id } })).length,
  }),
  'customer.tax_ids': async (tx, id) => ({
    ...(await page(tx, 'tax_id', `/v1/customers/${id}/tax_ids`, { where: { customer: id } })),
    total_count: (await tx.objects.list('tax_id', { limit: -1, where: { customer: id } })).length,
  }),
  'customer.invoice_credit_balance': async () => ({}),
};
