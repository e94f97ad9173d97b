import type { Page } from 'playwright-core';
import { english, languages, Texts } from '../../src/http/texts/texts.js';
import type { Text } from '../../src/http/texts/language.js';
import { contentWidth } from '../support/page-flaws.js';
import { type Shop, startShop } from '../support/shop.js';
import { WatchedBrowser } from '../support/watched-browser.js';

const PHONE = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
const LONGEST_TEST_MS = 120_000;

/** Each text in brackets, a third longer, and with one long word: what stands in the way of that shows. */
const stretched = (text: string) => `[${text} ${'wortungetüm'.repeat(3)}]`;
const pseudo = (text: Text): Text =>
  typeof text === 'string'
    ? stretched(text)
    : Object.fromEntries(Object.entries(text).map(([form, one]) => [form, stretched(one)]));

/** A second language as one would be added: its texts, the direction of writing, and how it writes amounts and dates. */
const pseudoLanguage = new Texts({
  lang: 'ar',
  dir: 'rtl',
  amounts: 'de-DE',
  dates: 'de-DE',
  texts: Object.fromEntries(
    Object.entries(english.language.texts).map(([key, text]) => [key, pseudo(text)]),
  ) as typeof english.language.texts,
});

describe('in another language, with long words, written from right to left', () => {
  import.meta.jest.setTimeout(LONGEST_TEST_MS);
  let shop: Shop;
  let browser: WatchedBrowser;
  beforeAll(async () => {
    languages.push(pseudoLanguage);
    shop = await startShop();
    browser = await WatchedBrowser.launch();
  });
  afterAll(async () => {
    languages.pop();
    await browser.close();
    await shop.stop();
  });

  it('no page is wider than a phone, none has an English text, and amounts are written and read as the language does', async () => {
    const customer = shop.customer();
    const sid = await customer.buy();
    await customer.get(`/success?checkout_sid=${sid}`);
    await customer.buy();
    const page = await browser.newPage({ ...PHONE, baseURL: shop.url, locale: 'ar' });
    const wrong: string[] = [];
    const look = async () => {
      const width = await contentWidth(page);
      if (width > PHONE.viewport.width) wrong.push(`${page.url()} is ${width} pixels wide`);
      wrong.push(...(await englishOn(page)).map((text) => `${page.url()}: ${text}`));
    };
    const visit = async (path: string) => {
      await page.goto(path);
      await look();
    };

    await visit('/');
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    expect(await page.locator('.price').first().innerText()).toBe('19,99\u00a0$');
    await visit(`/success?checkout_sid=${sid}`);
    await visit('/cancel');
    await visit('/nowhere');
    await visit('/account?status=disputed');
    await visit('/account');
    const payment = page.getByRole('article').last();
    await payment.locator('summary').click();
    await payment.locator('[name=part]').fill('99');
    await payment.locator('form button').click();
    await page.getByRole('alert').waitFor();
    await look();
    await page.locator('[name=part]').fill('5,00');
    await page.locator('form button').click();
    await page.getByText('5,00\u00a0$').first().waitFor();
    await look();
    await page.getByRole('article').last().getByRole('link').click();
    await page.locator('.receipt').waitFor();
    await look();
    await page.goto('/account');
    await page.getByRole('article').first().getByRole('link').click();
    await page.locator('.paper').waitFor();
    await look();
    expect(wrong).toEqual([]);
  });
});

/** Texts on a page that are not in brackets, but for data: names, addresses, amounts, dates and ids. */
async function englishOn(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(TEXTS);
  return texts.filter((text) => !/^\[.*\]$|^\($|^\)$/.test(text) && /\p{L}{3}/u.test(text) && !DATA.test(text));
}
const TEXTS = `[...document.querySelectorAll('body *:not(code, time, script, style)')].flatMap((element) =>
  [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ textContent }) => textContent.trim()).filter(Boolean))`;
const DATA =
  /Nest Stripe Billing|Demo Product|A gift box|^Pro$|^A plan with a trial|@example\.com|^\[.*\] \[.*\]$|wortungetüm|^November \d{4}$/;
