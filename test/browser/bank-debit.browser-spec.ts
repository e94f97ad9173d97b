import type { Page } from 'playwright-core';
import { contentOf, goToCheckout, heading, payByBankDebit } from '../support/buying-steps.js';
import { useStorefront } from '../support/storefront.js';

/** The sandbox's bank takes 10 s, and the page looks again every 3 s. */
const LONGEST_DEBIT_MS = 30_000;

describe('a payment by bank debit', () => {
  const storefront = useStorefront();

  it('is on its way at first, and the page shows by itself how it ended', async () => {
    const [settling, failing] = [await storefront.newPage(), await storefront.newPage()];
    await payByDebit(settling, 'The debit settles');
    await payByDebit(failing, 'The debit fails');

    await heading(settling, 'Payment Successful!').waitFor({ timeout: LONGEST_DEBIT_MS });
    expect(await contentOf(settling)).toMatch(/Status\s+Paid/);
    await heading(failing, 'Nothing was paid').waitFor({ timeout: LONGEST_DEBIT_MS });
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
