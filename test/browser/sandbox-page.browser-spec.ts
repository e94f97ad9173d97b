import type { Locator, Page } from 'playwright-core';
import { paidSession } from '../../packages/local-stripe/test/support/customer.js';
import { eventually } from '../../packages/local-stripe/test/support/eventually.js';
import { SandboxUnderTest } from '../../packages/local-stripe/test/support/sandbox-under-test.js';
import { WatchedBrowser } from '../support/watched-browser.js';
import { contentWidth, flawsOf } from '../support/page-flaws.js';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const LONGEST_TEST_MS = 60_000;

describe('the page of the sandbox', () => {
  import.meta.jest.setTimeout(LONGEST_TEST_MS);
  let under: SandboxUnderTest;
  let browser: WatchedBrowser;
  beforeAll(async () => {
    browser = await WatchedBrowser.launch();
  });
  beforeEach(async () => {
    under = await SandboxUnderTest.start();
  });
  afterEach(async () => {
    const messages = browser.takeConsoleMessages();
    await browser.closePages();
    await under.stop();
    expect(messages).toEqual([]);
  });
  afterAll(() => browser.close());

  const open = async (options: Parameters<WatchedBrowser['newPage']>[0] = {}): Promise<Page> => {
    const page = await browser.newPage({ baseURL: under.sandbox.url, javaScriptEnabled: false, ...options });
    await page.goto('/');
    return page;
  };
  const part = (page: Page, name: string) => page.getByRole('region', { name });
  const row = (page: Page, name: string, text: string) =>
    part(page, name).getByRole('row').filter({ hasText: text }).first();
  const button = (place: Page | Locator, name: string) => place.getByRole('button', { name });
  /** Presses a button that sends a form, and waits for the page that follows. */
  const press = (sends: Locator) => Promise.all([sends.page().waitForEvent('load'), sends.click()]);
  const seen = async (page: Page, look: () => Promise<string>, what: RegExp) =>
    eventually(async () => {
      if (what.test(await look())) return true;
      await page.reload();
      return undefined;
    }, String(what));

  it('shows payments and events with their deliveries, and each by itself', async () => {
    under.receiver.answer = ({ type }) => (type === 'charge.succeeded' ? 500 : 200);
    await paidSession(under.stripe);
    const page = await open();

    expect(await row(page, 'Payments', '$19.99').innerText()).toMatch(/succeeded\s+visa •••• 4242\s+ada@example\.com/);
    await seen(page, () => row(page, 'Events', 'checkout.session.completed').innerText(), /200/);
    await seen(page, () => row(page, 'Events', 'charge.succeeded').innerText(), /500 × \d+, again/);
    await page.getByRole('link', { name: 'charge.succeeded' }).click();
    expect(await page.getByRole('main').innerText()).toMatch(/Answer\s+It said\s.*500.*"type": "charge.succeeded"/s);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: '$19.99' }).click();
    expect(await page.getByRole('main').innerText()).toMatch(/checkout session cs_test_.*charge ch_/s);
  });

  it('resends an event, and disputes a payment', async () => {
    await paidSession(under.stripe);
    await under.receiver.event('checkout.session.completed');
    const page = await open();
    await press(button(row(page, 'Events', 'checkout.session.completed'), 'Resend'));
    await eventually(
      () => under.receiver.types().filter((type) => type === 'checkout.session.completed').length === 2 || undefined,
      'the event to come again',
    );
    await press(button(row(page, 'Payments', '$19.99'), 'Dispute'));

    expect(await row(page, 'Payments', '$19.99').innerText()).toContain('disputed');
    await under.receiver.event('charge.dispute.created');
  });

  it('moves the clock', async () => {
    const page = await open();
    expect(await part(page, 'Clock').innerText()).toContain('The same as this machine’s.');
    await press(button(part(page, 'Clock'), '+ 7 days'));
    await page.getByLabel('Or by').fill('36h');
    await press(button(part(page, 'Clock'), 'Move'));

    expect(await part(page, 'Clock').innerText()).toContain('8 d 12 h ahead of this machine.');
  });

  it('misbehaves, says so, and behaves again', async () => {
    const page = await open();
    const faults = part(page, 'Misbehave');
    await page.getByLabel('Calls to the API').selectOption('answer 429');
    await faults.getByLabel('Which').first().fill('POST /v1/products');
    await press(button(faults, 'Misbehave').first());
    expect(await faults.innerText()).toMatch(/Calls answer 429\s+POST \/v1\/products · the next 1 · struck 0 ×/);
    await expect(under.stripe.products.create({ name: 'A' })).rejects.toMatchObject({ statusCode: 429 });

    await page.getByRole('combobox', { name: 'Events' }).selectOption('get lost');
    await faults.getByLabel('Chance').last().fill('0.5');
    await press(button(faults, 'Misbehave').last());
    expect(await faults.innerText()).toMatch(/Events get lost\s+until stopped · 50 % of them/);
    await press(button(faults, 'Behave again'));
    expect(await faults.innerText()).toContain('Nothing goes wrong on purpose.');
  });

  it('holds deliveries back and lets them go', async () => {
    const page = await open();
    await press(button(page, 'Hold them back'));
    await under.stripe.products.create({ name: 'A' });
    await page.reload();
    expect(await row(page, 'Events', 'product.created').innerText()).toContain('pending');
    await press(button(page, 'Let them go'));
    await under.receiver.event('product.created');
  });

  it('leads on to what is older', async () => {
    for (let made = 0; made < 60; made++) await under.stripe.products.create({ name: `${made}` });
    const page = await open();
    await page.getByRole('link', { name: 'All events' }).click();
    expect(await page.getByRole('row').count()).toBe(1 + 50);
    await page.getByRole('link', { name: 'Older' }).click();

    expect(await page.getByRole('row').count()).toBe(1 + 10);
  });

  it('renews itself while somebody looks at it', async () => {
    const page = await open({ javaScriptEnabled: true });
    await page.getByText('None yet: buy something in the shop.').waitFor();
    await paidSession(under.stripe);

    await page.getByRole('link', { name: '$19.99' }).waitFor();
  });

  it('fits on a phone and can be read out, as every page about what is in it', async () => {
    await paidSession(under.stripe);
    under.sandbox.injectFault({ fault: 'late', chance: 0.5 });
    const page = await open({ ...PHONE, javaScriptEnabled: true });
    const look = async (what: string) =>
      expect({ what, flaws: await flawsOf(page), width: await contentWidth(page) }).toEqual({
        what,
        flaws: [],
        width: PHONE.viewport.width,
      });
    const follow = async (name: string, to: RegExp) => {
      await page.getByRole('link', { name }).click();
      await page.waitForURL(to);
    };
    await look('overview');
    await follow('charge.succeeded', /\/events\/evt_/);
    await look('an event');
    await follow('Events', /\/events$/);
    await look('events');
    await page.goto('/payments');
    await look('payments');
    await follow('$19.99', /\/payments\/pi_/);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await look('a payment');
  });
});
