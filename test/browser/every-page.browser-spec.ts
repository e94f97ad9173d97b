import { slowBankDebits } from '../support/ask-stripe.js';
import { violationsOf } from '../support/page-audit.js';
import { contentWidth, flawsOf } from '../support/page-flaws.js';
import { useStorefront } from '../support/storefront.js';
import type { Page } from 'playwright-core';
import {
  ASKS_FOR_AUTHENTICATION,
  goToCheckout,
  heading,
  confirmButton,
  fillInCard,
  newestPayment,
  payByBankDebit,
  payByCard,
  refundButton,
} from '../support/buying-steps.js';
import { CARDS } from '../support/customer.js';

/** Leads a customer over every page of shop and Checkout, and stops at each to look at it. */
export async function visitAllPages(page: Page, lookAt: (what: string) => Promise<void>): Promise<void> {
  await page.goto('/');
  await lookAt('shop');
  await goToCheckout(page);
  await lookAt('checkout');
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.getByText('Your card number is incomplete.').waitFor();
  await lookAt('checkout not filled in');
  await payByCard(page, CARDS.declined);
  await page.getByRole('alert').waitFor();
  await lookAt('checkout declined');
  await payByCard(page, ASKS_FOR_AUTHENTICATION);
  await heading(page, 'Confirm your payment').waitFor();
  await lookAt('authentication');
  await page.getByRole('button', { name: 'Complete authentication' }).click();
  await heading(page, 'Payment Successful!').waitFor();
  await lookAt('success');
  const payment = await newestPayment(page);
  await refundButton(payment).click();
  await lookAt('account, before a refund');
  await payment.getByLabel('Amount in USD').fill('99');
  await confirmButton(payment).click();
  await page.getByRole('alert').waitFor();
  await lookAt('a refund of too much');
  await page.getByLabel('Amount in USD').fill('5.00');
  await confirmButton(page).click();
  await page.getByText('Your refund of $5.00 has been made.').waitFor();
  await lookAt('account after a refund');
  await page.getByRole('link', { name: 'Receipt for' }).first().click();
  await heading(page, 'Receipt').waitFor();
  await lookAt('receipt');
  await goToCheckout(page);
  await payByBankDebit(page, 'The debit settles');
  await heading(page, 'Your payment is on its way').waitFor();
  await page.goto(`${page.url().replace(/&look=.*/, '')}&look=7`); // a minute later: it does not look again by itself
  await lookAt('on its way');
  await page.getByRole('link', { name: 'Go to your account' }).click();
  await page.getByRole('link', { name: 'Order of' }).first().click();
  await heading(page, 'Order').waitFor();
  await lookAt('order');
  await page.goto('/account?status=disputed');
  await lookAt('account, none of these');
  await page.goto('/cancel');
  await lookAt('cancelled');
  await page.goto('/no-such-page');
  await lookAt('error');
}

/** From a subscription to a change of it. The story of a subscription (subscribing.browser-spec.ts) audits these pages in all states. */
async function visitPlanPages(page: Page, lookAt: (what: string) => Promise<void>): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Subscribe to Pro: $15.00 a month' }).click();
  await fillInCard(page);
  await page.getByRole('button', { name: 'Start trial' }).click();
  await heading(page, 'You are subscribed!').waitFor();
  await lookAt('subscribed');
  await page.getByRole('link', { name: 'Go to your account' }).click();
  await page.getByRole('link', { name: 'Change plan or seats' }).click();
  await heading(page, 'Change plan or seats').waitFor();
  await lookAt('plans to choose from');
  await page.getByRole('button', { name: 'See what it costs' }).click();
  await page.getByRole('alert').waitFor();
  await lookAt('a choice that changes nothing');
  await page.getByLabel('$150.00 a year').check();
  await page.getByLabel('Seats').fill('3');
  await page.getByRole('button', { name: 'See what it costs' }).click();
  await heading(page, 'Confirm your change').waitFor();
  await lookAt('what a change costs');
  await page.getByRole('button', { name: 'Confirm the change' }).click();
  await page.getByText('Your plan has been changed.').waitFor();
  await lookAt('account with a plan');
}

/** As narrow as a window of 1280 pixels at 400 %. */
const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
/** The answers that are refusals: fields left empty, a card declined, a refund of too much, a page that is not there. */
const REFUSALS = [422, 402, 409, 404].map((status) => expect.stringContaining(`status of ${status}`));

/** axe-core takes a second or two for each page on a busy machine. */
const LONGEST_WALK_MS = 300_000;

describe('every page', () => {
  const storefront = useStorefront(async (shop) => {
    await shop.start();
    await slowBankDebits(shop.sandboxUrl); // so that what is on its way stays that as long as the test takes
  });

  it('fits on a phone without scrolling sideways', async () => {
    const page = await storefront.newPage(PHONE);
    const fits = async (what: string) =>
      expect({ what, width: await contentWidth(page) }).toEqual({ what, width: PHONE.viewport.width });
    await visitAllPages(page, fits);
    expect(storefront.browser.takeConsoleMessages()).toEqual(REFUSALS);
    await visitPlanPages(page, fits);
    expect(storefront.browser.takeConsoleMessages()).toEqual([expect.stringContaining('status of 400')]); // a change of nothing
  });

  it.each([
    { width: 390, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
  ] as const)(
    'can be read out and used by everybody, $width pixels wide, in $colorScheme',
    async ({ width, colorScheme }) => {
      const page = await storefront.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
      const found: Record<string, string[]> = {};
      await visitAllPages(page, async (what) => {
        const flaws = [...(await flawsOf(page)), ...(await violationsOf(page))];
        if (flaws.length > 0) found[what] = flaws;
      });
      expect(found).toEqual({});
      expect(storefront.browser.takeConsoleMessages()).toEqual(REFUSALS);
    },
    LONGEST_WALK_MS,
  );

  it('stays as it is while it loads', async () => {
    const page = await storefront.newPage(PHONE);
    await page.addInitScript(`
      globalThis.shift = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) globalThis.shift += entry.value; })
        .observe({ type: 'layout-shift', buffered: true });`);
    for (const path of ['/', '/account', '/cancel', '/nowhere']) {
      await page.goto(path, { waitUntil: 'networkidle' });
      expect({ path, shift: await page.evaluate('globalThis.shift') }).toEqual({ path, shift: 0 });
    }
    storefront.browser.takeConsoleMessages(); // the 404
  });
});
