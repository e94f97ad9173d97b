import type { Page } from 'playwright-core';
import { buy, goToCheckout, heading, newestPayment } from '../support/buying-steps.js';
import { CARDS } from '../support/customer.js';
import { useStorefront } from '../support/storefront.js';
import { eventually } from '../support/eventually.js';

const COMPLETED = 'checkout.session.completed';
const PAID_ONCE = [expect.objectContaining({ to: 'pending' }), expect.objectContaining({ to: 'paid' })];

describe('a payment whose event comes twice', () => {
  const storefront = useStorefront();

  it('is settled by the success page when the webhook is late, and the webhook changes nothing', async () => {
    const { shop } = storefront;
    await shop.holdWebhooks();
    const page = await storefront.newPage();
    await buy(page);
    const settled = (await shop.payments())[0];
    expect(settled?.history).toEqual(PAID_ONCE);
    expect(await shop.handledEvents(COMPLETED)).toBe(0);
    const accountBefore = await accountText(page);
    expect(accountBefore).toContain('Paid');

    await shop.releaseWebhooks();
    await eventually('the late event is handled', async () => (await shop.handledEvents(COMPLETED)) === 1);
    expect(await accountText(page)).toBe(accountBefore);
    expect((await shop.payments())[0]).toEqual(settled);
  });

  it('is settled by the webhook when the customer comes back late, and the success page changes nothing', async () => {
    const { shop } = storefront;
    const page = await storefront.newPage();
    const wayBack = await payAndLoseTheLine(page);
    await eventually('the account shows it paid', async () => (await accountText(page)).includes('Paid'));
    const settled = (await shop.payments())[0];
    expect(settled?.history).toEqual(PAID_ONCE);

    await page.goto(wayBack);
    await heading(page, 'Payment Successful!').waitFor();
    expect((await shop.payments())[0]).toEqual(settled);
  });
});

const accountText = async (page: Page) => (await newestPayment(page)).innerText();

/** Pays without following the redirect to the success page; gives its address. */
async function payAndLoseTheLine(page: Page): Promise<string> {
  await goToCheckout(page);
  const form = { email: 'a@example.com', method: 'card', number: CARDS.pays, expiry: '12 / 44', cvc: '123' };
  const paid = await page.context().request.post(page.url(), { form, maxRedirects: 0 });
  return paid.headers().location ?? '';
}
