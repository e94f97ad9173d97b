import type { Locator, Page } from 'playwright-core';
import { CARDS } from './customer.js';

/** Its bank wants to see the customer first: 3D Secure. */
export const ASKS_FOR_AUTHENTICATION = '4000 0025 0000 3155';

/** From the shop to the Checkout page. */
export async function goToCheckout(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Buy Now' }).click();
  await page.getByLabel('Card number').waitFor();
}

/** Fills in the Checkout page by its labels. */
export async function fillInCard(page: Page, number: string = CARDS.pays): Promise<void> {
  await page.getByLabel('Email').fill('customer@example.com');
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiration').fill('12 / 44');
  await page.getByLabel('CVC').fill('123');
  await page.getByLabel('Name on card').fill('Jenny Rosen');
}

export async function payByCard(page: Page, number?: string): Promise<void> {
  await fillInCard(page, number);
  await payButton(page).click();
}

export async function payByBankDebit(page: Page, ending: 'The debit settles' | 'The debit fails'): Promise<void> {
  await page.getByLabel('Email').fill('customer@example.com');
  await page.getByLabel('Bank debit').check();
  await page.getByLabel(ending).check();
  await payButton(page).click();
}

/** From the shop to the success page, with a card that pays. */
export async function buy(page: Page): Promise<void> {
  await goToCheckout(page);
  await payByCard(page);
  await heading(page, 'Payment Successful!').waitFor();
}

/** Opens the account; gives its newest payment. */
export async function newestPayment(page: Page): Promise<Locator> {
  await page.goto('/account');
  return page.locator('article.payment').first(); // plans are articles, too
}

export const payButton = (page: Page) => page.getByRole('button', { name: 'Pay $19.99' });
/** Opens the step before a refund; of a page, or of one payment on it. */
export const refundButton = (place: Page | Locator) => place.locator('summary', { hasText: 'Request Refund' });
export const confirmButton = (place: Page | Locator) => place.getByRole('button', { name: 'Refund this amount' });

/** Asks for a refund of a payment and confirms it; by default, of all that is left. */
export async function requestRefund(payment: Locator, amount?: string): Promise<void> {
  await refundButton(payment).click();
  if (amount) await payment.getByLabel('Amount in USD').fill(amount);
  await confirmButton(payment).click();
  await payment.page().getByRole('status').waitFor();
}
export const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
export const contentOf = (page: Page) => page.getByRole('main').innerText();
