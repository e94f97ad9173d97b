import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { CARDS, type Customer, sessionIdOf, textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';

describe('buying', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('shows the demo product, its price, who one is and the way to the account', async () => {
    const page = await shop.customer('somebody@example.com').get('/');
    const text = textOf(page);
    expect(text).toMatch(/Nest Stripe Billing .*Demo Product/);
    expect(text).not.toContain('['); // the brackets of APP_NAME are for Stripe's metadata
    expect(text).toContain('$19.99');
    expect(text).toContain('somebody@example.com');
    expect(page.html).toContain('href="/account"');
  });

  it('goes from Buy Now over Checkout to the success page and the account', async () => {
    const customer = shop.customer('buyer@example.com');
    const id = await customer.buy();
    const success = await customer.get(`/success?checkout_sid=${id}`);
    expect(success.status).toBe(200);
    expect(textOf(success)).toMatch(/Payment Successful!.*\$19\.99.*Status Paid.*Transaction pi_/);
    await eventually('the account shows it paid', () => accountSays(customer, 'Paid'));
  });

  it('settles from the webhook alone, when the customer never comes back', async () => {
    const customer = shop.customer('gone@example.com');
    await customer.buy();
    await eventually('the account shows it paid', () => accountSays(customer, 'Paid'));
  });

  it('lets a customer whose card is declined try another one', async () => {
    const customer = shop.customer('declined@example.com');
    const checkout = await customer.goToCheckout();
    const declined = await customer.payByCard(checkout, CARDS.declined);
    expect(textOf(declined)).toContain('Your card was declined');
    expect(await accountSays(customer, 'Waiting for payment')).toBe(true);
    const paid = await customer.payByCard(checkout);
    expect(textOf(await customer.get(`/success?checkout_sid=${sessionIdOf(paid)}`))).toContain('Payment Successful!');
  });

  it('waits for a bank debit, and then shows it settled', async () => {
    const customer = shop.customer('debit@example.com');
    const id = sessionIdOf(await customer.payByBankDebit(await customer.goToCheckout(), 'settle'));
    await eventually('it is settled', async () =>
      textOf(await customer.get(`/success?checkout_sid=${id}`)).includes('Payment Successful!'),
    );
    expect(await accountSays(customer, 'Paid')).toBe(true);
  });

  it('shows a bank debit that fails as failed', async () => {
    const customer = shop.customer('debit-fails@example.com');
    const id = sessionIdOf(await customer.payByBankDebit(await customer.goToCheckout(), 'fail'));
    await eventually('the account shows it failed', () => accountSays(customer, 'Failed'));
    expect(textOf(await customer.get(`/success?checkout_sid=${id}`))).toContain('Nothing was paid');
  });

  it('says so, without a payment, when the customer turns back', async () => {
    const cancelled = await shop.customer().get('/cancel');
    expect(textOf(cancelled)).toContain('Payment Cancelled');
  });

  it('leads from an account without payments to the shop', async () => {
    expect(await accountSays(shop.customer('new@example.com'), 'You have not bought anything yet')).toBe(true);
  });

  it('charges yen and dinars with their own decimals', async () => {
    const abroad = await startShop({ catalog: [item('jpy', 1999), item('kwd', 1990), item('usd', 99_999_999)] });
    try {
      const customer = abroad.customer('abroad@example.com');
      expect(textOf(await customer.get('/'))).toMatch(/¥1,999.*KWD\s1\.990.*\$999,999\.99/);
      const checkout = await customer.goToCheckout('key_kwd');
      expect(textOf(checkout)).toMatch(/Pay KWD\s1\.990/);
      await customer.payByCard(checkout);
      await customer.buy('key_jpy');
      await eventually('both are paid', async () => {
        const text = textOf(await customer.get('/account'));
        return /¥1,999.*Paid/.test(text) && /KWD\s1\.990.*Paid/.test(text);
      });
    } finally {
      await abroad.stop();
    }
  });
});

const accountSays = async (customer: Customer, words: string) => textOf(await customer.get('/account')).includes(words);

const item = (currency: string, amount: number): CatalogItem => ({
  lookupKey: `key_${currency}`,
  productId: `product_${currency}`,
  name: `Thing in ${currency}`,
  description: 'A thing',
  amount,
  currency,
});
