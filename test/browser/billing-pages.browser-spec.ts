import type { Page } from 'playwright-core';
import { BilledCustomer } from '../../packages/local-stripe/test/support/billing.js';
import { payWithCard } from '../../packages/local-stripe/test/support/customer.js';
import { SandboxUnderTest } from '../../packages/local-stripe/test/support/sandbox-under-test.js';
import { faultsOf, LoadedPage } from '../support/page-audit.js';
import { WatchedBrowser } from '../support/watched-browser.js';

const LONGEST_TEST_MS = 240_000;

describe('the pages of subscriptions at the local Stripe', () => {
  import.meta.jest.setTimeout(LONGEST_TEST_MS);
  let under: SandboxUnderTest;
  let browser: WatchedBrowser;
  beforeAll(async () => {
    [under, browser] = await Promise.all([SandboxUnderTest.start(), WatchedBrowser.launch()]);
  });
  afterEach(() => browser.closePages());
  afterAll(async () => {
    await browser.close();
    await under.stop();
  });

  /** A customer with a plan, an open invoice and a portal where all is on. */
  async function prepare() {
    const { stripe } = under;
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const [basic, pro] = [await customer.price(1000), await customer.price(2000)];
    const { id } = await customer.subscribe(basic);
    const open = await customer.subscribe(pro, { payment_behavior: 'default_incomplete', expand: ['latest_invoice'] });
    const { product } = await stripe.prices.retrieve(pro);
    const { id: configuration } = await stripe.billingPortal.configurations.create({
      features: {
        customer_update: { enabled: true, allowed_updates: ['email', 'name', 'address'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: true, cancellation_reason: { enabled: true, options: ['unused', 'other'] } },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price', 'quantity'],
          products: [{ product: String(product), prices: [basic, pro] }],
          proration_behavior: 'always_invoice',
        },
      },
    });
    const portal = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration,
      return_url: 'http://shop.test/account',
    });
    const session = (params: object = {}) =>
      stripe.checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price: pro, quantity: 2 }],
        allow_promotion_codes: true,
        success_url: 'http://shop.test/done',
        ...params,
      });
    return { customer, id, pro, portal, session, invoice: open.latest_invoice as { hosted_invoice_url: string } };
  }

  type Visit = (what: string, address?: string) => Promise<void>;

  async function visitCustomersPages(_page: Page, visit: Visit): Promise<void> {
    const { id, pro, portal, session, invoice } = await prepare();
    await visit('subscribe', String((await session()).url));
    await visit('trial', String((await session({ subscription_data: { trial_period_days: 14 } })).url));
    const saving = await under.stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      success_url: 'http://shop.test/done',
    });
    await visit('save a card', String(saving.url));
    await payWithCard(saving, '4000 0025 0000 3155');
    await visit('authentication', `${saving.url}/authenticate`);
    await visit('portal', `${portal.url}/home`);
    await visit('portal, cancel', `${portal.url}/subscriptions/${id}/cancel`);
    await visit('portal, plans', `${portal.url}/subscriptions/${id}/update`);
    await visit('portal, confirm', `${portal.url}/subscriptions/${id}/confirm?price=${pro}&quantity=2`);
    await visit('portal, method', `${portal.url}/subscriptions/${id}/payment-method`);
    await visit('portal, card', `${portal.url}/payment-methods/new`);
    await visit('portal, details', `${portal.url}/details`);
    await visit('portal, done', `${portal.url}/done`);
    await visit('invoice', invoice.hosted_invoice_url);
  }

  async function visitDashboard(page: Page, visit: Visit): Promise<void> {
    const { customer, id } = await prepare();
    await visit('customers', '/customers');
    await visit('a customer', `/customers/${customer.id}`);
    await visit('subscriptions', '/subscriptions');
    await visit('a subscription', `/subscriptions/${id}`);
    await visit('invoices', '/invoices');
    const [paid] = await customer.invoices();
    await visit('an invoice', `/invoices/${paid?.id}`);
    await visit('mailbox', '/mailbox');
    await page.getByRole('row').last().getByRole('link').click();
    await page.waitForURL(/\/mailbox\/evt_/);
    await visit('a mail');
  }

  it.each([
    { of: 'for customers', visitAll: visitCustomersPages },
    { of: 'of the dashboard', visitAll: visitDashboard },
  ])(
    '$of have nothing that axe objects to in light and dark, nothing to scroll sideways, and valid HTML',
    async ({ visitAll }) => {
      const page = await browser.newPage({
        baseURL: under.sandbox.url,
        viewport: { width: 390, height: 844 },
        isMobile: true,
      });
      const loaded = new LoadedPage(page);
      await visitAll(page, async (what, address) => {
        if (address !== undefined) await page.goto(address);
        expect({ what, faults: await faultsOf(page, loaded) }).toEqual({ what, faults: [] });
      });
    },
  );

  it('leads from a subscription to its renewal in the timeline, and to the mail about it, without JavaScript', async () => {
    const { id, customer } = await prepare();
    const page = await browser.newPage({ baseURL: under.sandbox.url, javaScriptEnabled: false });
    await page.goto('/');
    await page.getByRole('link', { name: 'Customers' }).click();
    await page.getByRole('link', { name: 'ada@example.com' }).first().click();
    await page.locator(`a[href="/subscriptions/${id}"]`).click();
    const happened = page.getByRole('region', { name: 'What is due, and what happened' });
    expect(await happened.innerText()).toMatch(
      /The subscription renews for \$10\.00[^]*Subscribed: \$10\.00 per month/,
    );
    await happened.getByRole('button', { name: 'Move the clock there: The subscription renews' }).click();
    await page.waitForLoadState('load');
    expect(await happened.innerText()).toContain('Renewed until August 1, 2027');
    const clock = page.getByRole('region', { name: 'Clock' });
    expect(await clock.innerText()).toContain(customer.clock);
    await clock.getByRole('button', { name: 'To the next thing that happens' }).click();
    await page.waitForLoadState('load');
    expect(await happened.innerText()).toMatch(/Paid: \$10\.00/);
    await page.getByRole('link', { name: 'Mailbox' }).click();
    await page
      .getByRole('link', { name: /^Your receipt from Local Stripe/ })
      .first()
      .click();
    expect(await page.getByRole('article').innerText()).toContain('your payment of $10.00 has been received');
    await page.getByRole('link', { name: 'View the invoice' }).click();
    await page.getByText('Paid on July 1, 2027').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Manage your subscription' }).click();
    await page.getByRole('heading', { name: 'Current plan' }).waitFor();
  });

  it('cancels a plan and takes it back without JavaScript', async () => {
    const { portal, id } = await prepare();
    const page = await browser.newPage({ baseURL: under.sandbox.url, javaScriptEnabled: false });
    await page.goto(portal.url);
    await page.getByRole('link', { name: 'Cancel plan' }).last().click();
    await page.getByLabel('I no longer need it').check();
    await page.getByRole('button', { name: 'Cancel plan' }).click();
    await page.getByRole('button', { name: 'Don’t cancel' }).waitFor();
    expect((await under.stripe.subscriptions.retrieve(id)).cancel_at).not.toBeNull();
    await page.getByRole('button', { name: 'Don’t cancel' }).click();
    await page.waitForLoadState('load');
    expect((await under.stripe.subscriptions.retrieve(id)).cancel_at).toBeNull();
  });
});
