import { jest } from '@jest/globals';
import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { StripeUnavailableError } from '../../src/stripe/stripe.errors.js';
import { StripeSubscriptions } from '../../src/stripe/stripe-subscriptions.service.js';
import { SubscriptionReader } from '../../src/subscriptions/account/subscription-reader.service.js';
import { type Plan, PLANS } from '../../src/subscriptions/state/plan.js';
import { UnfinishedPlanChanges } from '../../src/subscriptions/changes/unfinished-plan-changes.service.js';
import { Clock } from '../../src/time/clock.js';
import { askStripe, slowBankDebits } from '../support/ask-stripe.js';
import { type Customer, type Page, sessionIdOf, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const PLAN = { productId: 'pro', name: 'Basic', description: 'All there is', currency: 'usd' };
const SEATS = { seats: { min: 1, max: 10 } };
const CATALOG: CatalogItem[] = [
  { ...PLAN, lookupKey: 'basic', amount: 1000, plan: { interval: 'month', ...SEATS } },
  { ...PLAN, name: 'Pro', lookupKey: 'pro', amount: 2000, plan: { interval: 'month', ...SEATS } },
  { ...PLAN, name: 'Pro', lookupKey: 'pro_yearly', amount: 20_000, plan: { interval: 'year', ...SEATS } },
  { ...PLAN, name: 'Trial', lookupKey: 'trial', amount: 500, plan: { interval: 'month', trialDays: 14, ...SEATS } },
  { ...PLAN, name: 'Storage', lookupKey: 'storage', amount: 300, plan: { interval: 'month', group: 'storage' } },
  { ...PLAN, name: 'A thing', lookupKey: 'thing', amount: 700 },
];
const DAY_MS = 86_400_000;

interface Line {
  amount: number;
}
interface RealInvoice {
  id: string;
  status: string;
  amount_due: number;
  total: number;
  lines: { data: Line[] };
}
interface RealSubscription {
  id: string;
  customer: string;
  latest_invoice: string;
  pending_update: object | null;
  items: { data: { quantity: number; price: { lookup_key: string } }[] };
}

describe('a change of plan or seats', () => {
  let shop: Shop;
  let jenny: Customer;
  beforeEach(async () => {
    shop = await startShop({ catalog: CATALOG, settings: { CHECKOUTS_PER_MINUTE: '100' } });
    jenny = shop.customer('jenny@example.com');
  });
  afterEach(() => shop.stop());

  const ask = <T extends object>(path: string, body?: Record<string, string>) =>
    askStripe<T>(shop.sandbox.url, path, body);
  const subscribe = async (price = 'basic', quantity = '1') => {
    const opened = await jenny.post('/create-checkout-session', { _csrf: await jenny.csrf(), price, quantity });
    const sid = sessionIdOf(await jenny.payByCard(await jenny.get(opened.location ?? '')));
    expect(textOf(await jenny.get(`/subscribed?checkout_sid=${sid}`))).toContain('You are subscribed!');
    await settled();
  };
  const stored = async () => {
    const [one] = (await shop.app.get(SubscriptionReader).list({})).subscriptions;
    if (!one) throw new Error('No subscription');
    return one;
  };
  const real = async () => ask<RealSubscription>(`/v1/subscriptions/${(await stored()).id}`);
  const latestInvoice = async () => ask<RealInvoice>(`/v1/invoices/${(await real()).latest_invoice}`);
  const invoices = async () => (await ask<{ data: RealInvoice[] }>('/v1/invoices?limit=100')).data;
  const item = async () => {
    const [one] = (await real()).items.data;
    return [one?.price.lookup_key, one?.quantity];
  };
  /** Moves the clock at Stripe, which the shop follows. */
  const move = async (ms: number) => {
    const clock = shop.app.get(Clock);
    const until = clock.now().getTime() + ms;
    await shop.sandbox.moveClock(ms);
    await eventually('the shop’s clock', () => clock.now().getTime() >= until);
  };
  /** The events of what was done are handled, so that no later one moves the version. */
  const settled = () =>
    eventually('all that Stripe says is stored', async () => {
      const row = await stored();
      return !row.provisional && row.latestInvoiceId === (await real()).latest_invoice;
    });
  /** The form with the plans, filled in: the answer to it. */
  const choose = async (fields: Record<string, string>) => {
    const form = await jenny.get(`/account/subscriptions/${(await stored()).id}/change`);
    expect(form.status).toBe(200);
    return jenny.submit(form, '/change', fields);
  };
  /** The preview of a change. */
  const preview = async (plan: string, quantity = '1'): Promise<Page> => {
    const answer = await choose({ plan, quantity });
    expect([answer.status, answer.location]).toEqual([303, expect.stringContaining('/account/changes/')]);
    return jenny.get(answer.location ?? '');
  };
  const confirm = (page: Page) => jenny.submit(page, '/account/changes/');
  const account = async () => textOf(await jenny.get('/account'));
  const useCard = async (card: string) => {
    const { id, customer } = await real();
    const { id: method } = await ask<{ id: string }>(`/v1/payment_methods/${card}/attach`, { customer });
    await ask(`/v1/subscriptions/${id}`, { default_payment_method: method });
    await eventually('the card is known', async () => (await stored()).defaultPaymentMethod === method);
  };
  /** The amounts of a preview's lines, in minor units of dollars. */
  const amountsOf = ({ html }: Page) => {
    const [, sums = ''] = /<dl class="facts sums">([\s\S]*?)<\/dl>/.exec(html) ?? [];
    const amounts = [...sums.matchAll(/<dd>(.*?)<\/dd>/g)].map(([, text = '']) => {
      const minor = Math.round(Number(text.replaceAll(/[^\d.]/g, '')) * 100);
      return /^[-−]/.test(text) ? -minor : minor;
    });
    return { lines: amounts.slice(0, -1), due: amounts.at(-1) };
  };
  /** What was charged is what was previewed, line by line. */
  const expectCharged = async (page: Page) => {
    const { lines, due } = amountsOf(page);
    const invoice = await latestInvoice();
    expect({ lines: invoice.lines.data.map(({ amount }) => amount), due: invoice.amount_due }).toEqual({ lines, due });
    expect(invoice.status).toBe('paid');
    return { lines, due };
  };

  it('to a dearer plan shows what it costs, charges exactly that at once, and says what comes next', async () => {
    await subscribe();
    await move(10 * DAY_MS);
    await settled();
    const form = await jenny.get(`/account/subscriptions/${(await stored()).id}/change`);
    expect(textOf(form)).toMatch(
      /Basic your plan now \$10\.00 a month Pro \$20\.00 a month Pro \$200\.00 a year Trial/,
    );
    expect(textOf(form)).not.toMatch(/Storage|A thing/);
    const page = await preview('pro', '3');
    expect(textOf(page)).toMatch(
      /Until now Basic, \$10\.00 a month, 1 seat From now on Pro, \$20\.00 a month, 3 seats Basic, .*: unused until .* Pro, .*, 3 seats: until .* To pay now.*The next payment is \$60\.00, on .*These amounts hold until/,
    );
    expect(await item()).toEqual(['basic', 1]);
    await move(5 * 60_000); // the amounts do not move with it
    const done = await confirm(page);
    expect([done.status, done.location]).toEqual([303, '/account']);
    expect(await account()).toMatch(
      /Your plan has been changed\. .*Pro.*\$20\.00 a month, 3 seats.*renewed on .* for \$60\.00/,
    );
    const { lines, due } = await expectCharged(page);
    expect(lines).toHaveLength(2);
    expect(due).toBe((lines[0] ?? 0) + (lines[1] ?? 0));
    expect(await item()).toEqual(['pro', 3]);
    await move(25 * DAY_MS);
    await eventually('it is renewed', async () => (await latestInvoice()).amount_due === 6000);
  });

  it('to a cheaper plan gives a credit, which the next payments take', async () => {
    await subscribe('pro', '4');
    await move(DAY_MS);
    await settled();
    const page = await preview('pro', '1');
    expect(textOf(page)).toMatch(/To pay now \$0\.00 You get a credit of \$5\d\.\d\d, .* The next payment is \$20\.00/);
    await confirm(page);
    await expectCharged(page);
    const [{ total = 0 } = {}] = await invoices();
    await move(32 * DAY_MS);
    await eventually('the renewal is covered', async () => {
      const [renewal] = await invoices();
      return renewal?.total === 2000 && renewal.amount_due === Math.max(2000 + total, 0);
    });
  });

  it('to a year begins a new period', async () => {
    await subscribe();
    await move(10 * DAY_MS);
    await settled();
    const page = await preview('pro_yearly');
    await confirm(page);
    const { due = 0 } = await expectCharged(page);
    expect(due).toBeGreaterThan(19_000);
    const { currentPeriodEnd } = await stored();
    const [, said] = /The next payment is \$200\.00, on (.*?), \d\d:/.exec(textOf(page)) ?? [];
    expect(Math.abs(Date.parse(`${said} UTC`) - Number(currentPeriodEnd))).toBeLessThan(DAY_MS);
  });

  it('in a trial costs nothing, and the first payment is the one that it says', async () => {
    await subscribe('trial');
    const page = await preview('pro', '2');
    expect(textOf(page)).toMatch(/To pay now \$0\.00 Your trial goes on, .*The next payment is \$40\.00, on/);
    const before = (await invoices()).length;
    await confirm(page);
    expect(await account()).toMatch(/Pro.*Trial.*\$20\.00 a month, 2 seats.*The first payment, of \$40\.00, is on/);
    expect(await invoices()).toHaveLength(before);
  });

  it('changes nothing where the card is declined, and says so', async () => {
    await subscribe();
    await useCard('pm_card_chargeCustomerFail');
    const page = await preview('pro');
    await confirm(page);
    expect(await account()).toMatch(/Your payment was declined, so nothing was changed.*Basic.*\$10\.00 a month/);
    expect(await item()).toEqual(['basic', 1]);
    expect((await invoices()).filter(({ status }) => status !== 'paid')).toEqual([]);
    expect((await confirm(page)).location).toBe('/account'); // once more: it is not tried again
  });

  it('leads to the bank where that asks for authentication, and counts from then on', async () => {
    await subscribe();
    await useCard('pm_card_authenticationRequired');
    const page = await preview('pro');
    const led = await confirm(page);
    expect([led.status, led.location]).toEqual([303, expect.stringContaining(shop.sandbox.url)]);
    expect((await real()).pending_update).not.toBeNull();
    expect(await item()).toEqual(['basic', 1]);
    await eventually('the account offers the payment', async () => /Pay \$\d+\.\d\d now/.test(await account()));
    const again = await jenny.get(`/account/subscriptions/${(await stored()).id}/change`);
    expect([again.status, again.location]).toEqual([303, '/account']);
    const { customer } = await real();
    const good = await ask<{ id: string }>('/v1/payment_methods/pm_card_visa/attach', { customer });
    await ask(`/v1/invoices/${(await real()).latest_invoice}/pay`, { payment_method: good.id });
    await eventually('it counts', async () => /Pro.*Active.*\$20\.00 a month/.test(await account()));
  });

  it('waits until a bank debit has arrived, since it would give back what may not come', async () => {
    await slowBankDebits(shop.sandbox.url);
    const fields = { _csrf: await jenny.csrf(), price: 'pro', quantity: '2' };
    const opened = await jenny.post('/create-checkout-session', fields);
    const sid = sessionIdOf(await jenny.payByBankDebit(await jenny.get(opened.location ?? ''), 'settle'));
    await jenny.get(`/subscribed?checkout_sid=${sid}`);
    await eventually('it waits', async () => /Active.*Your last payment has not arrived yet/.test(await account()));
    expect(await account()).toContain('Your payment of $40.00 is on its way');
    expect(await account()).not.toMatch(/Change plan or seats|Pay \$/);
    const path = `/account/subscriptions/${(await stored()).id}/change`;
    const version = String((await stored()).version);
    const { customer } = await real();
    const asked = { _csrf: await jenny.csrf(), version, plan: 'basic', quantity: '1' };
    for (const change of [() => jenny.get(path), () => jenny.post(path, asked)]) {
      const led = await change();
      expect([led.status, led.location]).toEqual([303, '/account']);
      expect(await account()).toMatch(/Your account.*Your last payment has not arrived yet.*Your plan/);
    }
    await move(2 * DAY_MS);
    await eventually('it has arrived', async () => /Change plan or seats/.test(await account()));
    await confirm(await preview('basic', '1'));
    expect(await account()).toContain('Your plan has been changed.');
    expect((await ask<{ balance: number }>(`/v1/customers/${customer}`)).balance).toBeLessThan(0);
  });

  it('that waits for its payment can be given up, and another one made', async () => {
    await subscribe();
    await useCard('pm_card_authenticationRequired');
    const page = await preview('pro');
    await confirm(page);
    const waiting = (await real()).latest_invoice;
    await eventually('the account offers it', async () => /Pay \$.*Give up the change/.test(await account()));
    await settled();
    const offered = await jenny.get('/account');
    const other = shop.customer('other@example.com');
    const path = `/account/subscriptions/${(await stored()).id}/give-up-change`;
    expect((await other.post(path, { _csrf: await other.csrf(), version: '1' })).status).toBe(404);
    expect((await jenny.submit(offered, '/give-up-change')).location).toBe('/account');
    expect(await account()).toMatch(/The change was given up.*\$10\.00 a month.*Change plan or seats/);
    expect((await ask<RealInvoice>(`/v1/invoices/${waiting}`)).status).toBe('void');
    expect([await item(), (await real()).pending_update]).toEqual([['basic', 1], null]);
    await jenny.submit(offered, '/give-up-change'); // drawn before
    expect(await account()).toContain('so nothing was done');
    expect((await confirm(page)).location).toMatch(/^\/account\/changes\//); // it was not made: what it costs now
    await useCard('pm_card_visa');
    await settled();
    await confirm(await preview('pro'));
    expect(await account()).toMatch(/Your plan has been changed.*\$20\.00 a month/);
    expect((await invoices()).filter(({ status }) => status === 'paid').length).toBe(2);
  });

  it('whose payment came before it was given up is not undone', async () => {
    await subscribe();
    await useCard('pm_card_authenticationRequired');
    await confirm(await preview('pro'));
    await eventually('the account offers it', async () => /Give up the change/.test(await account()));
    await settled();
    const offered = await jenny.get('/account');
    shop.sandbox.holdWebhooks();
    const { customer, latest_invoice: waiting } = await real();
    const good = await ask<{ id: string }>('/v1/payment_methods/pm_card_visa/attach', { customer });
    await ask(`/v1/invoices/${waiting}/pay`, { payment_method: good.id });
    await jenny.submit(offered, '/give-up-change');
    expect(await account()).toMatch(/so nothing was done\. This is how it is now\..*\$20\.00 a month.*Change plan/);
    expect([await item(), (await ask<RealInvoice>(`/v1/invoices/${waiting}`)).status]).toEqual([['pro', 1], 'paid']);
  });

  it('is given up once by two clicks at a time, and either given up or paid by two tabs', async () => {
    await subscribe();
    const waitAgain = async () => {
      await useCard('pm_card_authenticationRequired');
      await settled();
      await confirm(await preview('pro'));
      await eventually('the account offers it', async () => /Give up the change/.test(await account()));
      await settled();
      return jenny.get('/account');
    };
    const offered = await waitAgain();
    const answers = await Promise.all([1, 2].map(() => jenny.submit(offered, '/give-up-change')));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect([await item(), (await real()).pending_update]).toEqual([['basic', 1], null]);
    const [again, { customer, latest_invoice: waiting }] = [await waitAgain(), await real()];
    const { id: good } = await ask<{ id: string }>('/v1/payment_methods/pm_card_visa/attach', { customer });
    await Promise.all([
      jenny.submit(again, '/give-up-change'),
      ask(`/v1/invoices/${waiting}/pay`, { payment_method: good }).catch(() => undefined),
    ]);
    const { status } = await ask<RealInvoice>(`/v1/invoices/${waiting}`);
    expect([['paid', 'pro'].join(), ['void', 'basic'].join()]).toContain([status, (await item())[0]].join());
    await eventually('the account says which', async () =>
      (status === 'paid' ? /\$20\.00 a month.*Change plan/ : /\$10\.00 a month.*Change plan/).test(await account()),
    );
  });

  it('is not given up while its payment is on its way, nor after it was voided elsewhere', async () => {
    await slowBankDebits(shop.sandbox.url);
    await subscribe();
    await useCard('pm_card_authenticationRequired');
    await confirm(await preview('pro'));
    await eventually('the account offers it', async () => /Pay \$.*Give up the change/.test(await account()));
    await settled();
    const offered = await jenny.get('/account');
    const { customer, latest_invoice: waiting } = await real();
    const { id: bank } = await ask<{ id: string }>('/v1/payment_methods/pm_usBankAccount_success/attach', { customer });
    await ask(`/v1/invoices/${waiting}/pay`, { payment_method: bank });
    await jenny.submit(offered, '/give-up-change');
    expect(await account()).toContain('This is not possible with your plan as it is now.');
    expect((await ask<RealInvoice>(`/v1/invoices/${waiting}`)).status).toBe('open');
    await eventually('the account says so', async () => /is on its way/.test(await account()));
    expect(await account()).not.toMatch(/Give up the change|Pay \$/);
    shop.sandbox.holdWebhooks();
    await ask(`/v1/invoices/${waiting}/void`, {});
    await jenny.submit(offered, '/give-up-change');
    const now = await account();
    expect(now).toMatch(/so nothing was done\. This is how it is now\..*\$10\.00 a month.*Change plan/);
    expect(now).not.toMatch(/Pay \$|on its way/);
    expect((await jenny.submit(offered, '/pay')).location).toBe('/account');
  });

  it('is refused for what cannot be, with the form again', async () => {
    await subscribe();
    const [yearly] = (await ask<{ data: { id: string }[] }>('/v1/prices?lookup_keys[]=pro_yearly')).data;
    await ask(`/v1/prices/${yearly?.id}`, { active: 'false' });
    const expectRefused = async (fields: Record<string, string>, says: string) => {
      const page = await choose(fields);
      expect({ fields, status: page.status }).toEqual({ fields, status: 400 });
      expect(textOf(page)).toContain(says);
      expect(page.html).toMatch(/role="alert" tabindex="-1" autofocus>[\s\S]*href="#change-(plan|quantity)"/);
      expect((await jenny.submit(page, '/change', { plan: 'pro', quantity: '2' })).status).toBe(303); // it can be sent again
    };
    // In turn: no such plan, one of another group, a thing that is no plan, one that is not for sale.
    for (const plan of ['nothing', 'storage', 'thing', 'pro_yearly'])
      await expectRefused({ plan }, 'This plan cannot be chosen here');
    await expectRefused({ plan: 'basic', quantity: '1' }, 'You have exactly this already');
    for (const quantity of ['0', '-1', '1.5', '11', '', 'x', '1e1', '99999999999999999999'])
      await expectRefused({ plan: 'pro', quantity }, 'How many: a whole number from 1 to 10.');
  });

  it('is for the owner alone', async () => {
    await subscribe();
    const { id, version } = await stored();
    const waiting = await preview('pro');
    const other = shop.customer('other@example.com');
    const fields = { _csrf: await other.csrf(), version: String(version), plan: 'pro', quantity: '1' };
    expect((await other.get(`/account/subscriptions/${id}/change`)).status).toBe(404);
    expect((await other.post(`/account/subscriptions/${id}/change`, fields)).status).toBe(404);
    const { pathname } = new URL(waiting.url);
    expect((await other.get(pathname)).status).toBe(404);
    expect((await other.post(pathname, fields)).status).toBe(404);
    expect((await jenny.get('/account/changes/nothing')).status).toBe(404);
    expect(await item()).toEqual(['basic', 1]);
  });

  describe('charges nothing and shows the page anew', () => {
    const expectAnew = async (page: Page, says = 'This is what it costs now') => {
      const before = (await invoices()).length;
      const answer = await confirm(page);
      expect(answer.status).toBe(303);
      const anew = await jenny.get(answer.location ?? '');
      expect(anew.url).not.toBe(page.url);
      expect(textOf(anew)).toContain(says);
      expect(await item()).toEqual(['basic', 1]);
      expect(await invoices()).toHaveLength(before);
      return anew;
    };

    it('where the preview is older than 15 minutes', async () => {
      await subscribe();
      const page = await preview('pro');
      await move(16 * 60_000);
      const anew = await expectAnew(page);
      await confirm(anew);
      await expectCharged(anew);
    });

    it('where the plan was changed elsewhere since', async () => {
      await subscribe();
      const page = await preview('pro', '2');
      const { id } = await real();
      await ask(`/v1/subscriptions/${id}`, { 'metadata[a]': 'b', cancel_at_period_end: 'true' });
      await eventually('the end is known', async () => (await stored()).isEnding);
      await ask(`/v1/subscriptions/${id}`, { cancel_at_period_end: 'false' });
      await eventually('and that it was taken back', async () => !(await stored()).isEnding);
      await expectAnew(page);
    });

    it('where what is due is another amount', async () => {
      await subscribe();
      const page = await preview('pro');
      const { customer } = await real();
      await ask(`/v1/customers/${customer}/balance_transactions`, { amount: '-100', currency: 'usd' });
      await expectAnew(page);
    });

    it('where the plan has left the catalog since', async () => {
      await subscribe();
      const page = await preview('pro');
      const plans = shop.app.get<Plan[]>(PLANS);
      plans.splice(
        plans.findIndex(({ lookupKey }) => lookupKey === 'pro'),
        1,
      );
      await expectAnew(page, 'so nothing was done');
    });

    it('where the form was drawn before the plan changed', async () => {
      await subscribe();
      const form = await jenny.get(`/account/subscriptions/${(await stored()).id}/change`);
      await confirm(await preview('basic', '2'));
      const answer = await jenny.submit(form, '/change', { plan: 'pro', quantity: '1' });
      expect([answer.status, answer.location]).toEqual([303, expect.stringMatching(/\/change$/)]);
      expect(textOf(await jenny.get(answer.location ?? ''))).toContain('so nothing was done');
    });
  });

  it('is made once, however often and in however many tabs it is confirmed', async () => {
    await subscribe();
    const pages = [await preview('pro', '2'), await preview('pro', '3')];
    const answers = await Promise.all([...pages, ...pages].map(confirm));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    const changed = (await invoices()).filter(({ lines }) => lines.data.length === 2);
    expect(changed).toHaveLength(1);
    expect([
      ['pro', 2],
      ['pro', 3],
    ]).toContainEqual(await item());
  });

  describe('of which Stripe gives no answer', () => {
    const lost = new StripeUnavailableError('subscriptions.update', 'the connection broke');
    const finish = () => shop.app.get(UnfinishedPlanChanges).finish(new Date(Date.now() + 365 * DAY_MS));
    const confirmUnsure = async (page: Page) => {
      const answer = await confirm(page);
      expect(answer.location).toBe('/account');
      expect(await account()).toContain('We do not know yet whether your change was made');
    };
    afterEach(() => jest.restoreAllMocks());

    it('is finished later, once, where it was made', async () => {
      await subscribe();
      const page = await preview('pro');
      const stripe = shop.app.get(StripeSubscriptions);
      const really = stripe.changeSubscription.bind(stripe);
      const call = jest.spyOn(stripe, 'changeSubscription').mockImplementation(async (...params) => {
        await really(...params);
        throw lost;
      });
      await confirmUnsure(page);
      expect(await finish()).toBe(1);
      expect(call).toHaveBeenCalledTimes(1);
      expect(await account()).toMatch(/Pro.*\$20\.00 a month/);
      await expectCharged(page);
      expect(await finish()).toBe(0);
      expect((await confirm(page)).location).toBe('/account');
      expect(await account()).toContain('Your plan has been changed.');
    });

    it('is made later where it was not, and keeps others from being made until then', async () => {
      await subscribe();
      const [page, other] = [await preview('pro'), await preview('pro', '5')];
      jest.spyOn(shop.app.get(StripeSubscriptions), 'changeSubscription').mockRejectedValueOnce(lost);
      await confirmUnsure(page);
      await confirm(other);
      expect(await account()).toContain('A change of this plan is being made already');
      expect(await finish()).toBe(1);
      expect(await item()).toEqual(['pro', 1]);
      await expectCharged(page);
    });

    it('is made by a second try', async () => {
      await subscribe();
      const page = await preview('pro');
      jest.spyOn(shop.app.get(StripeSubscriptions), 'changeSubscription').mockRejectedValueOnce(lost);
      await confirmUnsure(page);
      await confirm(page);
      expect(await account()).toMatch(/Your plan has been changed\. .*Pro/);
      await expectCharged(page);
    });

    it.each([
      { what: 'too late', meanwhile: () => move(20 * 60_000) },
      {
        what: 'after another change',
        meanwhile: async () =>
          ask(`/v1/subscriptions/${(await real()).id}`, {
            'items[0][quantity]': '7',
            'items[0][id]': (await stored()).items[0]?.id ?? '',
          }),
      },
    ])('is dropped $what, and nothing is charged', async ({ meanwhile }) => {
      await subscribe();
      const page = await preview('pro');
      jest.spyOn(shop.app.get(StripeSubscriptions), 'changeSubscription').mockRejectedValueOnce(lost);
      await confirmUnsure(page);
      await meanwhile();
      const before = (await invoices()).length;
      expect(await finish()).toBe(1);
      expect((await item())[0]).toBe('basic');
      expect(await invoices()).toHaveLength(before);
      expect(await finish()).toBe(0);
    });
  });
});
