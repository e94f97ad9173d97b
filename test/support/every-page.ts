import type { Page } from 'playwright-core';
import {
  ASKS_FOR_AUTHENTICATION,
  goToCheckout,
  heading,
  newestPayment,
  payByBankDebit,
  payByCard,
  refundButton,
} from './buying-steps.js';
import { CARDS } from './customer.js';

/** Leads a customer over every page of shop and Checkout, and stops at each to look at it. */
export async function visitEveryPage(page: Page, lookAt: (what: string) => Promise<void>): Promise<void> {
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
  await refundButton(await newestPayment(page)).click();
  await page.getByRole('status').waitFor();
  await lookAt('account');
  await goToCheckout(page);
  await payByBankDebit(page, 'The debit settles');
  await heading(page, 'Your payment is on its way').waitFor();
  await lookAt('on its way');
  await page.goto('/cancel');
  await lookAt('cancelled');
  await page.goto('/no-such-page');
  await lookAt('error');
}
