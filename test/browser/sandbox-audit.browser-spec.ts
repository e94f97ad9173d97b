import type { Page } from 'playwright-core';
import { openSession, paidSession, payWithCard } from '../../packages/local-stripe/test/support/customer.js';
import { SandboxUnderTest } from '../../packages/local-stripe/test/support/sandbox-under-test.js';
import { violationsOf, htmlFaults, LoadedPage } from '../support/page-audit.js';
import { contentWidth, flawsOf } from '../support/page-flaws.js';
import { WatchedBrowser } from '../support/watched-browser.js';

const LONGEST_TEST_MS = 240_000;
const LARGEST_PAGE_BYTES = 40_000;
const REFUND_FAILS = '4000 0000 0000 5126';
const ASKS_FOR_AUTHENTICATION = '4000 0025 0000 3155';
/** Fields left empty, a card declined, a page that is not there. */
const REFUSALS = [422, 402, 404].map((status) => expect.stringContaining(`status of ${status}`));

describe('every page of the local Stripe', () => {
  import.meta.jest.setTimeout(LONGEST_TEST_MS);
  let under: SandboxUnderTest;
  let browser: WatchedBrowser;
  beforeAll(async () => {
    [under, browser] = await Promise.all([SandboxUnderTest.start(), WatchedBrowser.launch()]);
  });
  beforeEach(async () => {
    await under.sandbox.reset();
  });
  afterEach(() => browser.closePages());
  afterAll(async () => {
    await browser.close();
    await under.stop();
  });

  /** Leads over all pages, with something in each list, and stops at each to look at it. */
  async function visitAllPages(page: Page, lookAt: (what: string) => Promise<void>): Promise<void> {
    const visit = async (what: string, address: string) => {
      await page.goto(address);
      await lookAt(what);
    };
    await visit('overview, empty', '/');
    const paid = await paidSession(under.stripe, REFUND_FAILS);
    const { id: intent, latest_charge: charge } = paid.payment_intent as { id: string; latest_charge: { id: string } };
    await under.stripe.refunds.create({ payment_intent: intent, amount: 500 });
    await payWithCard(await openSession(under.stripe), '4000 0000 0000 0259');
    await payWithCard(await openSession(under.stripe), '4000 0000 0000 0002');
    under.sandbox.injectFault({ fault: 'late', chance: 0.5 });
    const { data: events } = await under.stripe.events.list({ type: 'checkout.session.completed', limit: 1 });
    await visit('overview', '/');
    await visit('payments', '/payments');
    await visit('payments, none in this state', '/payments?status=canceled');
    await visit('a payment', `/payments/${intent}`);
    await visit('events', '/events?type=*');
    await visit('an event', `/events/${events[0]?.id}`);
    await visit('receipt', `/receipts/${charge.id}`);

    const open = await openSession(under.stripe);
    await visit('checkout', String(open.url));
    await page.getByRole('button', { name: /^Pay / }).click();
    await page.getByText('Your card number is incomplete.').waitFor();
    await lookAt('checkout not filled in');
    await page.getByRole('link', { name: 'Is declined' }).click();
    await page.waitForURL(/card=/);
    await lookAt('checkout filled in');
    await page.getByRole('button', { name: /^Pay / }).click();
    await page.getByRole('alert').waitFor();
    await lookAt('checkout declined');
    await payWithCard(open, ASKS_FOR_AUTHENTICATION);
    await visit('authentication', `${open.url}/authenticate`);
    await visit('paid', `/c/pay/${paid.id}`);
    await visit('nothing there', '/no-such-page');
  }

  describe.each([
    { size: 'on a phone, in light', viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: 'light' },
    { size: 'at 1280 pixels, in dark', viewport: { width: 1280, height: 800 }, isMobile: false, colorScheme: 'dark' },
  ] as const)('$size', ({ viewport, isMobile, colorScheme }) => {
    it('has nothing that axe objects to, and nothing to scroll sideways', async () => {
      const page = await browser.newPage({ baseURL: under.sandbox.url, viewport, isMobile, colorScheme });
      await visitAllPages(page, async (what) => {
        const [violations, flaws, width] = [await violationsOf(page), await flawsOf(page), await contentWidth(page)];
        expect({ what, violations, flaws, width }).toEqual({
          what,
          violations: [],
          flaws: [],
          width: viewport.width,
        });
      });
      expect(browser.takeConsoleMessages()).toEqual(REFUSALS);
    });
  });

  it('is valid HTML, and small', async () => {
    const page = await browser.newPage({ baseURL: under.sandbox.url });
    const loaded = new LoadedPage(page);
    await visitAllPages(page, async (what) => {
      await page.waitForLoadState('load');
      expect({ what, faults: await htmlFaults(await loaded.html()) }).toEqual({ what, faults: [] });
      expect(await loaded.compressedSize()).toBeLessThan(LARGEST_PAGE_BYTES);
    });
    expect(browser.takeConsoleMessages()).toEqual(REFUSALS);
  });

  it('is printed black on white in both schemes, without buttons', async () => {
    const { payment_intent: intent } = await paidSession(under.stripe);
    const page = await browser.newPage({ baseURL: under.sandbox.url, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await page.goto(`/payments/${(intent as { id: string }).id}`);
    const colours = await page.evaluate(
      '(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))',
    );
    expect(colours).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('navigation').count()).toBe(0);
  });

  it('keeps the edges of pills, cards and fields in forced colours, and moves nothing where that is unwanted', async () => {
    const page = await browser.newPage({ baseURL: under.sandbox.url, forcedColors: 'active', reducedMotion: 'reduce' });
    await page.goto('/');
    const edges = await page.evaluate<string[]>(
      "['.pill', '.card', 'button', 'input'].map((name) => getComputedStyle(document.querySelector(name)).borderTopWidth)",
    );
    expect(edges).toEqual(['1px', '1px', '1px', '1px']);
    expect(await page.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration")).toBe('0s');
  });

  it('fills Checkout in with a test card that is chosen, without JavaScript', async () => {
    const page = await browser.newPage({ baseURL: under.sandbox.url, javaScriptEnabled: false });
    const session = await openSession(under.stripe, { success_url: `${under.sandbox.url}/payments` });
    await page.goto(String(session.url));
    await page.getByRole('link', { name: 'Pays, then is disputed' }).click();
    await page.getByRole('button', { name: 'Pay $19.99' }).click();
    await page.waitForURL(/\/payments$/);
    expect(await page.getByRole('row').last().innerText()).toMatch(/succeeded disputed\s+visa •••• 0259/);
  });

  it('moves the clock to what is due next', async () => {
    const session = await openSession(under.stripe);
    const page = await browser.newPage({ baseURL: under.sandbox.url, javaScriptEnabled: false });
    await page.goto('/');
    const clock = page.getByRole('region', { name: 'Clock' });
    expect(await clock.innerText()).toMatch(/Next: a Checkout Session expires, in (1 d|23 h)/);
    await clock.getByRole('button', { name: 'To the next thing that happens' }).click();
    await page.waitForLoadState('load');
    expect((await under.stripe.checkout.sessions.retrieve(session.id)).status).toBe('expired');
    expect(await clock.innerText()).not.toContain('Next:');
  });
});
