import type { Page } from 'playwright-core';
import { askStripe } from './ask-stripe.js';
import { contentOf, fillInCard, heading } from './buying-steps.js';
import { CARDS } from './customer.js';
import { formatAmount } from '../../src/payments/state/money.js';
import { eventually } from './eventually.js';

/** Longest wait for what a page shows, ms: an event has to come, be handled, and what it is about be read. */
const PATIENCE_MS = 60_000;

/** Opens a page again and again until its text is like this; gives the text. */
export async function shows(page: Page, path: string, words: RegExp): Promise<string> {
  let text = '';
  const look = async () => {
    await page.goto(path);
    text = await contentOf(page);
    return words.test(text);
  };
  await eventually(`${path} shows ${words}`, look, PATIENCE_MS).catch((error: unknown) => {
    throw new Error(`${path} shows this, and not ${words}:\n${text}`, { cause: error });
  });
  return text;
}

/** From the shop to the page that says that the plan has begun. */
export async function subscribe(page: Page, plan: string, button = 'Start trial'): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: `Subscribe to ${plan}` }).click();
  await page.getByLabel('Card number').waitFor();
  await fillInCard(page);
  await page.getByRole('button', { name: button }).click();
  await heading(page, 'You are subscribed!').waitFor();
}

/** From the account to the first page of Stripe's portal. */
export async function openPortal(page: Page): Promise<void> {
  await page.goto('/account');
  await page.getByRole('button', { name: 'Payment methods and invoices' }).click();
  await heading(page, 'Manage your billing').waitFor();
}

/** Back from Stripe's portal to the account. */
export async function leavePortal(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Return to the shop' }).click();
  await heading(page, 'Your account').waitFor();
}

/** Pays what is open on Stripe's page of the invoice, with another card than the one that failed. */
export async function payOpenInvoice(page: Page, amount: string): Promise<void> {
  await page.goto('/account');
  await page.getByRole('button', { name: `Pay ${amount} now` }).click();
  await page.getByLabel('Card number').fill(CARDS.pays);
  await page.getByLabel('Expiration').fill('12 / 44');
  await page.getByLabel('CVC').fill('123');
  await page.getByRole('button', { name: `Pay ${amount}` }).click();
  await page.getByText('Paid on').waitFor();
}

/** Has the newest subscription charged to this test card, such as `pm_card_visa`, from now on. */
export async function chargePlanTo(sandboxUrl: string, card: string): Promise<{ id: string; method: string }> {
  const ask = <T extends object>(path: string, body?: Record<string, string>) => askStripe<T>(sandboxUrl, path, body);
  const [subscription] = (await ask<{ data: { id: string; customer: string }[] }>('/v1/subscriptions')).data;
  if (!subscription) throw new Error('There is no subscription.');
  const { id, customer } = subscription;
  const method = (await ask<{ id: string }>(`/v1/payment_methods/${card}/attach`, { customer })).id;
  await ask(`/v1/subscriptions/${id}`, { default_payment_method: method });
  return { id, method };
}

/** What is charged for a change of plan: its lines and what is due, as pages show them. */
export interface ShownCharge {
  lines: string[];
  due: string;
}

/** What the preview of a change says that is charged. */
export async function amountsOfPreview(page: Page): Promise<ShownCharge> {
  const amounts = await page.locator('.sums dd').allInnerTexts();
  return { lines: amounts.slice(0, -1), due: amounts.at(-1) ?? '' };
}

/** What Stripe's newest invoice charged. */
export async function amountsOfInvoice(sandboxUrl: string): Promise<ShownCharge> {
  interface Invoice {
    amount_paid: number;
    lines: { data: { amount: number }[] };
  }
  const [invoice] = (await askStripe<{ data: Invoice[] }>(sandboxUrl, '/v1/invoices?limit=1')).data;
  if (!invoice) throw new Error('There is no invoice.');
  const lines = invoice.lines.data.map(({ amount }) => formatAmount(amount, 'usd', 'en'));
  return { lines, due: formatAmount(invoice.amount_paid, 'usd', 'en') };
}
