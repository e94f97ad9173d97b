import { jest } from '@jest/globals';
import { Offers } from '../../src/billing/catalog/offers.service.js';
import { SharedCalls } from '../../src/time/calls.js';
import { StripeUnavailableError } from '../../src/stripe/stripe.errors.js';
import { StripeService } from '../../src/stripe/stripe.service.js';
import { textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';

const PAGES = 200;
const AWAY = new StripeUnavailableError('the call', 'status 429');

describe('while Stripe does not answer', () => {
  let shop: Shop;
  let stripe: StripeService;
  beforeEach(async () => {
    shop = await startShop();
    stripe = shop.app.get(StripeService);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await shop.stop();
  });

  it('the shop shows what it last knew, without waiting for the answer [Build 6]', async () => {
    jest.spyOn(stripe, 'findPrices').mockReturnValue(new Promise(() => undefined));
    shop.app.get(Offers).refresh();
    expect(textOf(await shop.customer().get('/'))).toContain('$19.99');
  });

  it('a customer who wants to buy reads what is the matter, and so does who comes next [Build 6]', async () => {
    jest.spyOn(stripe, 'createCheckoutSession').mockRejectedValue(AWAY);
    const customer = shop.customer();
    const page = await customer.submit(await customer.get('/'), '/create-checkout-session');
    expect(page.status).toBe(503);
    expect(textOf(page)).toContain('We could not reach our payment provider');
    expect(textOf(await shop.customer().get('/'))).toMatch(/We cannot reach our payment provider.*\$19\.99/);
  });

  it('many success pages of one payment ask once, and each is shown [S4]', async () => {
    const customer = shop.customer();
    const checkout = await customer.goToCheckout();
    const id = /cs_test_\w+/.exec(checkout.url)?.[0];
    let answer: (error: Error) => void = () => undefined;
    const answered = new Promise<never>((_, reject) => (answer = reject));
    const asked = jest.spyOn(stripe, 'retrieveCheckoutSession').mockReturnValue(answered);
    const waiting = jest.spyOn(SharedCalls.prototype, 'run');
    const asking = Array.from({ length: PAGES }, () => customer.get(`/success?checkout_sid=${id}`));
    await eventually('every page waits for the answer', () => waiting.mock.calls.length >= PAGES);
    answer(AWAY);
    const pages = await Promise.all(asking);
    expect(new Set(pages.map((page) => `${page.status} ${textOf(page).includes('Waiting for your payment')}`))).toEqual(
      new Set(['200 true']),
    );
    expect(asked).toHaveBeenCalledTimes(1);
    await customer.get(`/success?checkout_sid=${id}`);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2); // the answer is kept for some seconds
  });
});
