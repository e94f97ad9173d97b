import { Controller, Get, Module } from '@nestjs/common';
import type { Page } from 'playwright-core';
import { SessionUser, type User } from '../../src/auth/user.js';
import { RequiresEntitlement } from '../../src/subscriptions/access/requires-entitlement.js';
import { SubscriptionReader } from '../../src/subscriptions/account/subscription-reader.service.js';
import { moveClock } from '../support/ask-stripe.js';
import { contentOf, heading } from '../support/buying-steps.js';
import { eventually } from '../support/eventually.js';
import { faultsOf, LoadedPage } from '../support/page-audit.js';
import { type Shop, startShop } from '../support/shop.js';
import {
  amountsOfInvoice,
  amountsOfPreview,
  chargePlanTo,
  leavePortal,
  openPortal,
  payOpenInvoice,
  shows,
  subscribe,
} from '../support/subscribing-steps.js';
import { WatchedBrowser } from '../support/watched-browser.js';

const LONGEST_TEST_MS = 240_000;
/** The year of it all, in which nothing else is due. */
const YEAR = new Date().getUTCFullYear() + 1;
const MONTHLY = 'Pro: $15.00 a month';

/** What the plan gives access to. */
@Controller('reports')
class Reports {
  @Get()
  @RequiresEntitlement('pro')
  all(@SessionUser() user: User) {
    return `The reports of ${user.id}`;
  }
}
@Module({ controllers: [Reports] })
class ReportsModule {}

/**
 * One subscription from its trial to its end, in one browser without JavaScript; each test goes on where the one before it ended. At each
 * step, the pages are looked at as others are in every-page.browser-spec.ts, by a second visitor: the same customer, with JavaScript.
 */
describe('a subscription', () => {
  import.meta.jest.setTimeout(LONGEST_TEST_MS);
  let shop: Shop;
  let browser: WatchedBrowser;
  let page: Page;
  let auditor: { page: Page; loaded: LoadedPage };
  beforeAll(async () => {
    [shop, browser] = await Promise.all([
      startShop({
        modules: [ReportsModule],
        settings: { CHECKOUTS_PER_MINUTE: '100' },
        sandbox: { now: new Date(`${YEAR}-01-10T10:00:00Z`) },
      }),
      WatchedBrowser.launch(),
    ]);
    page = await browser.newPage({ baseURL: shop.url, javaScriptEnabled: false });
    const other = await browser.newPage({ baseURL: shop.url, isMobile: true, reducedMotion: 'reduce' });
    auditor = { page: other, loaded: new LoadedPage(other) };
  });
  afterEach(() => expect(browser.takeConsoleMessages()).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await shop.stop();
  });

  const account = (words: RegExp) => shows(page, '/account', words);
  /** Status and text of a page that only owners of the plan may see. */
  const reports = async () => {
    const answer = await page.request.get('/reports');
    return [answer.status(), (await answer.text()).replaceAll(/<[^>]+>|\s+/g, ' ')];
  };
  const hasAccess = [200, 'The reports of customer@example.com'];
  const hasNone = (why: RegExp) => [403, expect.stringMatching(why)];
  /** Three hours after the time at which something is due, since the invoice of a renewal is a draft for one. */
  const moveTo = (day: string, year = YEAR) => moveClock(shop.sandbox.url, { to: `${day} ${year} 13:00 UTC` });
  /** Has the plan charged to this test card from now on; resolves when the shop knows. */
  const chargeTo = async (card: string) => {
    const { id, method } = await chargePlanTo(shop.sandbox.url, card);
    const stored = () => shop.app.get(SubscriptionReader).details(id);
    await eventually('the card is known', async () => (await stored())?.defaultPaymentMethod === method);
  };
  /** How many payments of this amount the account has. */
  const payments = () => page.locator('.payment', { hasText: '$15.00' }).count();
  const lookAt = async (...paths: string[]) => {
    for (const path of paths) {
      await auditor.page.goto(path);
      expect({ path, faults: await faultsOf(auditor.page, auditor.loaded) }).toEqual({ path, faults: [] });
    }
  };

  it('is offered on the shop, and what it gives access to is closed before', async () => {
    await shows(page, '/', /Pro\s.*\$15\.00 a month\s.*The first 14 days are free\./s);
    expect(await reports()).toEqual(hasNone(/You find our plans in the shop/));
  });

  it('begins with a trial, which says when it ends and what is paid then', async () => {
    await subscribe(page, MONTHLY);
    expect(await contentOf(page)).toContain('Your trial has begun.');
    await lookAt(page.url());
    await page.getByRole('link', { name: 'Go to your account' }).click();
    await heading(page, 'Your account').waitFor();
    const text = await account(/Pro\s+Trial\s+\$15\.00 a month\s+Your trial runs until 24 Jan/);
    expect(text).toMatch(new RegExp(`The first payment, of \\$15\\.00, is on 24 Jan ${YEAR}, 10:\\d\\d UTC`));
    expect(await reports()).toEqual(hasAccess);
    expect(await shows(page, '/', /Pro Your plan\s.*See your plan\s.*Change to this plan/s)).not.toMatch(
      /Subscribe\b(?! to see)|days are free/,
    );
    await lookAt('/account', '/');
  });

  it('is charged when the trial is over', async () => {
    await moveTo('Jan 24');
    await account(/Pro\s+Active\s.*It is renewed on 24 Feb .* for \$15\.00\.\s.*\$15\.00\s.*Paid/s);
    expect([await payments(), await reports()]).toEqual([1, hasAccess]);
  });

  it('is renewed twice', async () => {
    await moveTo('Feb 24');
    await account(/Active\s.*It is renewed on 24 Mar .* for \$15\.00/s);
    await moveTo('Mar 24');
    await account(/Active\s.*It is renewed on 24 Apr .* for \$15\.00.*March .*February .*January /s);
    expect([await payments(), await reports()]).toEqual([3, hasAccess]);
    await lookAt('/account');
  });

  it('keeps access for a week when a payment fails', async () => {
    await chargeTo('pm_card_chargeCustomerFail');
    await moveTo('Apr 24');
    await account(/Payment failed\s.*Your payment failed on 24 Apr .*; you have access until 1 May /s);
    expect(await page.locator('.plan .status').getAttribute('class')).toBe('status pending');
    expect(await page.getByRole('button', { name: 'Pay $15.00 now' }).count()).toBe(1);
    expect(await reports()).toEqual(hasAccess);
    await lookAt('/account');
  });

  it('has none after that week', async () => {
    await moveTo('May 2');
    await account(/Payment failed\s.*Your payment failed on 24 Apr .*, and your access ended on 1 May /s);
    expect(await reports()).toEqual(hasNone(/Your payment failed on 24 Apr .* and your access ended on 1 May /));
    await lookAt('/account');
  });

  it('has it again when the customer pays with another card', async () => {
    await payOpenInvoice(page, '$15.00');
    await account(/Active\s.*It is renewed on 24 May .* for \$15\.00.*\sMay .*Paid\s+March /s);
    expect([await payments(), await reports()]).toEqual([4, hasAccess]);
    await chargeTo('pm_card_visa');
  });

  it('changes its seats after a preview, for exactly what that shows', async () => {
    await page.getByRole('link', { name: 'Change plan or seats' }).click();
    await heading(page, 'Change plan or seats').waitFor();
    const form = page.url();
    expect(await contentOf(page)).toMatch(/Pro your plan now\s+\$15\.00 a month\s+Pro\s+\$150\.00 a year/);
    await page.getByLabel('Seats').fill('3');
    await page.getByRole('button', { name: 'See what it costs' }).click();
    await heading(page, 'Confirm your change').waitFor();
    const preview = await contentOf(page);
    expect(preview).toMatch(
      /Until now\s.*From now on\s.*3 seats.*To pay now\s.*The next payment is \$45\.00, on 24 May /s,
    );
    const shown = await amountsOfPreview(page);
    await lookAt(form, page.url());
    await page.getByRole('button', { name: `Confirm and pay ${shown.due}` }).click();
    await page.getByRole('status').waitFor();
    expect(await contentOf(page)).toMatch(/changed\.\s.*\$15\.00 a month, 3 seats.*renewed on 24 May .* for \$45\.00/s);
    await shows(page, '/account', new RegExp(`Pro\\s+\\${shown.due}\\s`));
    expect([await amountsOfInvoice(shop.sandbox.url), await reports()]).toEqual([shown, hasAccess]);
  });

  it('changes to the other plan from the shop, after a preview, for exactly what that shows', async () => {
    const text = await shows(page, '/', /Your plan/);
    expect(text).toMatch(/\$15\.00 a month\s+See your plan\s.*\$150\.00 a year\s+Change to this plan/s);
    await page.getByRole('link', { name: 'Change to this plan: Pro, $150.00 a year' }).click();
    await heading(page, 'Change plan or seats').waitFor();
    expect(await page.getByRole('radio', { name: '$150.00 a year' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'See what it costs' }).click();
    await heading(page, 'Confirm your change').waitFor();
    expect(await contentOf(page)).toMatch(
      new RegExp(
        `\\$15\\.00 a month, 3 seats\\s.*\\$150\\.00 a year, 3 seats.*The next payment is \\$450\\.00, on 2 May ${YEAR + 1}`,
        's',
      ),
    );
    const shown = await amountsOfPreview(page);
    expect(shown.lines).toEqual([expect.stringMatching(/^-\$\d+\.\d\d$/), '$450.00']);
    await lookAt(page.url());
    await page.getByRole('button', { name: `Confirm and pay ${shown.due}` }).click();
    await page.getByRole('status').waitFor();
    await account(new RegExp(`\\$150\\.00 a year, 3 seats\\s.*renewed on 2 May ${YEAR + 1}, .* for \\$450\\.00`, 's'));
    await shows(page, '/account', new RegExp(`Pro\\s+\\${shown.due}\\s`));
    expect([await amountsOfInvoice(shop.sandbox.url), await reports()]).toEqual([shown, hasAccess]);
    await lookAt('/account', '/');
  });

  it('shows an end that was scheduled in the portal, and takes it back', async () => {
    await openPortal(page);
    await page.getByRole('link', { name: 'Cancel plan' }).click();
    await page.getByLabel('I no longer need it').check();
    await page.getByRole('button', { name: 'Cancel plan' }).click();
    await page.getByRole('button', { name: 'Don’t cancel' }).waitFor();
    await leavePortal(page);
    expect(await contentOf(page)).toMatch(
      /Pro\s+Active\s.*\d seats\s+It ends on 2 May .* and is not renewed\.\s+Keep the plan/s,
    );
    expect(await reports()).toEqual(hasAccess);
    await lookAt('/account');

    await page.getByRole('button', { name: 'Keep the plan' }).click();
    await page.getByRole('status').waitFor();
    expect(await contentOf(page)).toMatch(/Your plan goes on\.\s.*Active\s.*It is renewed on 2 May .* for \$450\.00/s);
    expect(await reports()).toEqual(hasAccess);
  });

  it('ends with what is paid for, and with it the access', async () => {
    await page.locator('summary', { hasText: 'End the plan' }).click();
    await page.getByLabel('Why, if you like to say so').selectOption('I do not use it enough');
    await page.getByRole('button', { name: 'End it then' }).click();
    await page.getByRole('status').waitFor();
    expect(await contentOf(page)).toMatch(/Your plan ends when .*It ends on 2 May .* and is not renewed\./s);
    expect(await reports()).toEqual(hasAccess);

    await moveTo('May 3', YEAR + 1);
    await shows(page, '/', /Subscribe\s/);
    const text = await account(/^(?!.*It ends on)/s);
    expect(text).not.toContain('Payment methods and invoices');
    expect([await payments(), await reports()]).toEqual([4, hasNone(/Your plan ended on 2 May /)]);
    await lookAt('/account', '/');
  });
});
