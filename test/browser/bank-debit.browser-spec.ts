import type { Page } from 'playwright-core';
import { DEBIT_TAKES, moveClock, slowBankDebits } from '../support/ask-stripe.js';
import { contentOf, goToCheckout, heading, payByBankDebit } from '../support/buying-steps.js';
import { useStorefront } from '../support/storefront.js';

describe('a payment by bank debit', () => {
  const storefront = useStorefront(async (shop) => {
    await shop.start();
    await slowBankDebits(shop.sandboxUrl);
  });

  it('is on its way at first, and the page shows by itself how it ended', async () => {
    const [settling, failing] = [await storefront.newPage(), await storefront.newPage()];
    await payByDebit(settling, 'The debit settles');
    await payByDebit(failing, 'The debit fails');
    await moveClock(storefront.shop.sandboxUrl, { advance: DEBIT_TAKES });

    await heading(settling, 'Payment Successful!').waitFor();
    expect(await contentOf(settling)).toMatch(/Status\s+Paid/);
    await heading(failing, 'Nothing was paid').waitFor();
    expect(await contentOf(failing)).toMatch(/you have not been charged.*Status\s+Failed/s);

    await settling.goto('/account');
    expect(await settling.getByRole('article').allInnerTexts()).toEqual([
      expect.stringContaining('Failed'),
      expect.stringContaining('Paid'),
    ]);
  });
});

async function payByDebit(page: Page, ending: Parameters<typeof payByBankDebit>[1]): Promise<void> {
  await goToCheckout(page);
  await payByBankDebit(page, ending);
  await heading(page, 'Your payment is on its way').waitFor();
  expect(await contentOf(page)).toMatch(/Status\s+Payment on its way/);
}
