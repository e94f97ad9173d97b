import {
  ASKS_FOR_AUTHENTICATION,
  contentOf,
  goToCheckout,
  heading,
  newestPayment,
  payButton,
  payByCard,
} from '../support/buying-steps.js';
import { CARDS } from '../support/customer.js';
import { useStorefront } from '../support/storefront.js';

/** What the console says of a payment that was refused with 402. */
const REFUSED = expect.stringMatching(/status of 402/);

describe('on the Checkout page', () => {
  const storefront = useStorefront();

  it('a customer whose card is declined reads why, and pays with another one', async () => {
    const page = await storefront.newPage();
    await goToCheckout(page);
    await payByCard(page, CARDS.declined);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toBe('Your card was declined.');
    expect(storefront.browser.takeConsoleMessages()).toEqual([REFUSED]);

    await payByCard(page);
    await heading(page, 'Payment Successful!').waitFor();
    expect(await (await newestPayment(page)).innerText()).toContain('Paid');
  });

  it('a customer who goes back to the shop reads that nothing was charged, and can buy again', async () => {
    const page = await storefront.newPage();
    await goToCheckout(page);
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await heading(page, 'Payment Cancelled').waitFor();
    expect(await contentOf(page)).toContain('you have not been charged');
    expect(await (await newestPayment(page)).innerText()).toContain('Waiting for payment');

    await goToCheckout(page);
    expect(await payButton(page).isVisible()).toBe(true);
  });

  it('a customer whose bank asks for authentication gives it, and has paid', async () => {
    const page = await storefront.newPage();
    await goToCheckout(page);
    await payByCard(page, ASKS_FOR_AUTHENTICATION);
    await page.getByRole('button', { name: 'Complete authentication' }).click();
    await heading(page, 'Payment Successful!').waitFor();
  });

  it('a customer whose authentication fails reads so, and pays with another card', async () => {
    const page = await storefront.newPage();
    await goToCheckout(page);
    await payByCard(page, ASKS_FOR_AUTHENTICATION);
    await page.getByRole('button', { name: 'Fail authentication' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('unable to authenticate your payment method');
    expect(storefront.browser.takeConsoleMessages()).toEqual([REFUSED]);

    await payByCard(page);
    await heading(page, 'Payment Successful!').waitFor();
  });
});
