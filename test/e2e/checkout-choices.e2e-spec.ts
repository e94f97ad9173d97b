import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { sessionIdOf, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const MUG: CatalogItem = {
  lookupKey: 'mug',
  productId: 'mug',
  name: 'A mug',
  description: 'To drink',
  amount: 900,
  currency: 'usd',
  quantity: { min: 1, max: 5 },
  checkout: { promotionCodes: true, taxIds: true, shippingCountries: ['DE', 'AT'] },
  metadata: { warehouse: 'north' },
};
const PRO: CatalogItem = {
  ...MUG,
  lookupKey: 'pro',
  productId: 'pro',
  name: 'Pro',
  plan: { interval: 'month' },
  checkout: { promotionCodes: true },
};
delete PRO.quantity;

interface Session {
  metadata: Record<string, string>;
  allow_promotion_codes: boolean;
  tax_id_collection: { enabled: boolean };
  shipping_address_collection: { allowed_countries: string[] };
  payment_intent: string;
  subscription: string;
}

describe('what the catalog says of the Checkout page', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop({ catalog: [MUG, PRO] });
  });
  afterEach(() => shop.stop());

  const ask = <T extends object>(path: string, body?: Record<string, string>) =>
    askStripe<T>(shop.sandbox.url, `/v1/${path}`, body);
  const buy = async (price: string, more: Record<string, string> = {}) => {
    const jenny = shop.customer();
    const opened = await jenny.submit(await jenny.get('/'), '/create-checkout-session', { price, ...more });
    const checkout = await jenny.get(opened.location ?? '');
    return { checkout, id: sessionIdOf(await jenny.payByCard(checkout)) };
  };

  it('is asked of Stripe: quantity, promotion codes, tax ids, countries to ship to, and metadata on the payment, too', async () => {
    const { id } = await buy('mug', { quantity: '3' });
    const session = await ask<Session>(`checkout/sessions/${id}`);
    expect(session).toMatchObject({
      allow_promotion_codes: true,
      tax_id_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ['DE', 'AT'] },
      metadata: { warehouse: 'north', app_name: expect.any(String), payment_id: expect.any(String) },
    });
    const intent = await ask<{ amount: number; metadata: object }>(`payment_intents/${session.payment_intent}`);
    expect(intent).toMatchObject({ amount: 2700, metadata: { warehouse: 'north' } });
    const paid = async () => (await shop.app.get(PaymentReader).list({})).payments[0];
    await eventually('it is paid', async () => (await paid())?.status === 'paid');
    expect(await paid()).toMatchObject({ amount: 2700, unexplained: false });
  });

  it('is on the subscription of a plan, too', async () => {
    const { checkout, id } = await buy('pro');
    expect(textOf(checkout)).toMatch(/promotion code/i);
    const { subscription } = await ask<Session>(`checkout/sessions/${id}`);
    expect(await ask(`subscriptions/${subscription}`)).toMatchObject({
      metadata: { warehouse: 'north', checkout_id: expect.any(String) },
    });
  });
});
