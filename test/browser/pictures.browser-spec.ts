import type { Page } from 'playwright-core';
import { askStripe, moveClock } from '../support/ask-stripe.js';
import {
  buy,
  fillInCard,
  goToCheckout,
  heading,
  newestPayment,
  payButton,
  requestRefund,
} from '../support/buying-steps.js';
import { chargePlanTo, shows, subscribe } from '../support/subscribing-steps.js';
import { useStorefront } from '../support/storefront.js';
import { eventually } from '../support/eventually.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A picture's size in pixels, as the README shows it. No motion: a colour that is half way to the other scheme is no picture. */
export const PICTURE = {
  viewport: { width: 1000, height: 740 },
  deviceScaleFactor: 1,
  reducedMotion: 'reduce',
} as const;
/** High enough for the shop's plans. */
const SHOP_HEIGHT = 945;

/** Where pictures go: `TAKE_PICTURES=true` renews the README's; any other run leaves the work tree as it was. */
export class PictureFolder {
  private readonly isReadmes = process.env.TAKE_PICTURES === 'true';
  private readonly path = this.isReadmes
    ? join(import.meta.dirname, '..', '..', 'docs', 'pictures')
    : mkdtempSync(join(tmpdir(), 'nsb-pictures-'));

  /** Takes two pictures of what is in the window: `name.png`, and `name-dark.png` in the dark scheme. Gives the bytes of the first. */
  async take(page: Page, name: string): Promise<Buffer> {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: join(this.path, `${name}-dark.png`) });
    await page.emulateMedia({ colorScheme: 'light' });
    return page.screenshot({ path: join(this.path, `${name}.png`) });
  }

  /** Deletes the pictures that nobody asked for. */
  clear(): void {
    if (!this.isReadmes) rmSync(this.path, { recursive: true, force: true });
  }
}

const MONTHLY = 'Pro: $15.00 a month';

describe('the pictures of the README', () => {
  const storefront = useStorefront();
  const folder = new PictureFolder();
  afterAll(() => folder.clear());

  it('show the shop, Checkout and the success page', async () => {
    const page = await storefront.newPage(PICTURE);
    await page.setViewportSize({ ...PICTURE.viewport, height: SHOP_HEIGHT });
    await page.goto('/');
    await folder.take(page, 'shop');
    await page.setViewportSize(PICTURE.viewport);
    await goToCheckout(page);
    await fillInCard(page);
    await folder.take(page, 'checkout');
    await payButton(page).click();
    await heading(page, 'Payment Successful!').waitFor();
    await folder.take(page, 'success');
  });

  it('show an account with payments in several states', async () => {
    const page = await storefront.newPage(PICTURE);
    await subscribe(page, MONTHLY);
    await letCheckoutExpire(page);
    await buy(page);
    await requestRefund(await newestPayment(page), '5.00');
    await buy(page);
    await newestPayment(page);
    await folder.take(page, 'account');
    const shown = (await page.locator('.payment').allInnerTexts()).join();
    expect(shown).toMatch(/Paid.*Partly refunded.*Refund of \$5\.00, done.*Expired/s);
  });

  it('show a plan that is changed, and one whose payment failed', async () => {
    const { sandboxUrl } = storefront.shop;
    const page = await storefront.newPage(PICTURE);
    await moveClock(sandboxUrl, { advance: '15d' });
    await shows(page, '/account', /Active\s.*renewed on/s);
    await page.getByRole('link', { name: 'Change plan or seats' }).click();
    await page.getByLabel('Seats').fill('3');
    await page.getByRole('button', { name: 'See what it costs' }).click();
    await heading(page, 'Confirm your change').waitFor();
    await folder.take(page, 'change');
    await chargePlanTo(sandboxUrl, 'pm_card_chargeCustomerFail');
    await moveClock(sandboxUrl, { advance: '31d' });
    await shows(page, '/account', /Payment failed\s.*you have access until.*Pay \$15\.00 now/s);
    await folder.take(page, 'past-due');
  });

  it('show what the local Stripe keeps', async () => {
    await buy(await storefront.newPage());
    const page = await storefront.newPage(PICTURE);
    await page.goto(storefront.shop.sandboxUrl);
    await eventually('the event is delivered', async () => {
      await page.reload();
      return /checkout\.session\.completed.*200/.test(await page.getByRole('region', { name: 'Events' }).innerText());
    });
    await folder.take(page, 'sandbox');
  });

  async function letCheckoutExpire(page: Page): Promise<void> {
    await goToCheckout(page);
    const [, id] = /\/c\/pay\/(\w+)/.exec(page.url()) ?? [];
    await askStripe(storefront.shop.sandboxUrl, `/v1/checkout/sessions/${id}/expire`, {});
    await eventually('it is expired', async () => (await (await newestPayment(page)).innerText()).includes('Expired'));
  }
});
