import { jest } from '@jest/globals';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { StripeUnavailableError } from '../../src/stripe/stripe.errors.js';
import { StripeCustomers } from '../../src/stripe/stripe-customers.service.js';
import { StripeSubscriptions } from '../../src/stripe/stripe-subscriptions.service.js';
import { SnapshotReader } from '../../src/subscriptions/reads/snapshot-reader.service.js';
import { askStripe, slowBankDebits } from '../support/ask-stripe.js';
import { type Customer, sessionIdOf, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const MONTHLY = 'nest_stripe_billing_pro_monthly';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('the pages of a plan', () => {
  let shop: Shop;
  let jenny: Customer;
  beforeEach(async () => {
    shop = await startShop();
    jenny = shop.customer('jenny@example.com');
  });
  afterEach(() => shop.stop());

  const ask = <T extends object>(path: string, body?: Record<string, string>) =>
    askStripe<T>(shop.sandbox.url, path, body);
  const subscribe = async (quantity = '1') => {
    const fields = { _csrf: await jenny.csrf(), price: MONTHLY, quantity };
    const opened = await jenny.post('/create-checkout-session', fields);
    const sid = sessionIdOf(await jenny.payByCard(await jenny.get(opened.location ?? '')));
    expect(textOf(await jenny.get(`/subscribed?checkout_sid=${sid}`))).toContain('You are subscribed!');
  };
  const account = async () => textOf(await jenny.get('/account'));
  /** All events are here and handled, and what they are about is read. */
  const allHandled = () =>
    eventually('all events to be handled', async () => {
      const { due, later } = await ask<{ due: number; later: number }>('/_sandbox/webhooks');
      const waiting = await shop.app.get(UnitOfWork).run((tx): Promise<unknown[]> =>
        tx.query(
          `SELECT kind FROM stripe_reads WHERE wanted > applied
           UNION ALL SELECT type FROM webhook_events WHERE status = 'pending'`,
        ),
      );
      return due + later + waiting.length === 0;
    });
  const shows = (words: RegExp) => eventually(`the account shows ${words}`, async () => words.test(await account()));
  const live = async () => (await ask<{ data: { id: string; customer: string }[] }>('/v1/subscriptions')).data[0];

  it('are on the shop: both plans with price and trial, and the account in their place for whoever has one', async () => {
    const text = textOf(await jenny.get('/'));
    expect(text).toMatch(/Plans.*Pro.*\$15\.00 a month.*The first 14 days are free\..*\$150\.00 a year/);
    await subscribe();
    const held = await jenny.get('/');
    expect(textOf(held)).toContain('See your plan');
    expect(held.html).not.toContain(MONTHLY);
  });

  it('say what is, in words, and end the plan with its period, and go on with it', async () => {
    await subscribe('3');
    await shows(/Pro.*Trial.*\$15\.00 a month, 3 seats.*Your trial runs until.*The first payment, of \$45\.00, is on/);
    const page = await jenny.get('/account');
    const ended = await jenny.submit(page, '/cancel', { feedback: 'too_expensive' });
    expect([ended.status, ended.location]).toEqual([303, '/account']);
    expect(await account()).toMatch(/Your plan ends when.*It ends on .* and is not renewed/);
    const { id = '' } = (await live()) ?? {};
    const real = await ask<{ cancel_at_period_end: boolean; cancellation_details: object }>(`/v1/subscriptions/${id}`);
    expect(real).toMatchObject({ cancel_at_period_end: true, cancellation_details: { feedback: 'too_expensive' } });
    await jenny.submit(page, '/cancel'); // drawn before
    expect(await account()).toContain('so nothing was done');
    await jenny.submit(await jenny.get('/account'), '/keep');
    expect(await account()).toMatch(/Your plan goes on.*The first payment/);
  });

  it('are for the owner alone', async () => {
    await subscribe();
    const { id = '' } = (await live()) ?? {};
    const other = shop.customer('other@example.com');
    const fields = { _csrf: await other.csrf(), version: '1' };
    for (const what of ['cancel', 'keep'])
      expect((await other.post(`/account/subscriptions/${id}/${what}`, fields)).status).toBe(404);
    const [invoice] = (await ask<{ data: { id: string }[] }>('/v1/invoices')).data;
    expect((await other.get(`/account/invoices/${invoice?.id}/pdf`)).status).toBe(404);
    expect((await other.post(`/account/invoices/${invoice?.id}/pay`, fields)).status).toBe(404);
    expect((await other.post('/account/portal', fields)).status).toBe(404);
    expect((await jenny.get(`/account/invoices/${invoice?.id}/pdf`)).location).toContain(shop.sandbox.url);
  });

  it('lead to the portal, and show what was done there on the way back', async () => {
    await subscribe();
    const opened = await jenny.submit(await jenny.get('/account'), '/account/portal', { flow: '' });
    expect(opened.location).toContain(shop.sandbox.url);
    const portal = await jenny.get(opened.location ?? '');
    expect(portal.status).toBeLessThan(400); // it leads on to the plan
    shop.sandbox.holdWebhooks();
    const { id = '' } = (await live()) ?? {};
    await ask(`/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' });
    await jenny.get('/account/portal/return');
    expect(await account()).toMatch(/It ends on .* and is not renewed/);
  });

  it('say that the plan has ended where its customer was deleted at Stripe, and sell another one', async () => {
    await subscribe();
    const page = await jenny.get('/account');
    shop.sandbox.holdWebhooks();
    const { customer = '' } = (await live()) ?? {};
    await shop.app.get(StripeCustomers).deleteCustomer(customer);
    expect((await jenny.submit(page, '/account/portal')).status).toBe(404);
    expect(await account()).toMatch(/Your plan Pro Ended .*Subscribe again/);
    await subscribe();
    expect((await live())?.customer).not.toBe(customer);
  });

  it('lead to the payment of what is open, and say that it is paid', async () => {
    await subscribe();
    const { id = '', customer = '' } = (await live()) ?? {};
    const card = await ask<{ id: string }>('/v1/payment_methods/pm_card_chargeCustomerFail/attach', { customer });
    await ask(`/v1/subscriptions/${id}`, { default_payment_method: card.id });
    await shop.sandbox.moveClock(14 * DAY_MS + 3 * HOUR_MS);
    await shows(/Payment failed.*you have access until.*Pay \$15\.00 now/);
    const opened = await jenny.submit(await jenny.get('/account'), '/pay');
    expect(opened.status).toBe(303);
    const good = await ask<{ id: string }>('/v1/payment_methods/pm_card_visa/attach', { customer });
    const [invoice] = (await ask<{ data: { id: string }[] }>('/v1/invoices?status=open')).data;
    await ask(`/v1/invoices/${invoice?.id}/pay`, { payment_method: good.id });
    await shows(/Pro.*Active.*It is renewed on/);
  });

  it('say that a payment which takes days is on its way, and offer to pay only once that has failed', async () => {
    await slowBankDebits(shop.sandbox.url);
    await subscribe();
    const { id = '', customer = '' } = (await live()) ?? {};
    const attach = async (method: string) =>
      (await ask<{ id: string }>(`/v1/payment_methods/${method}/attach`, { customer })).id;
    await ask(`/v1/subscriptions/${id}`, { default_payment_method: await attach('pm_card_chargeCustomerFail') });
    await shop.sandbox.moveClock(14 * DAY_MS + 3 * HOUR_MS);
    await shows(/Pay \$15\.00 now/);
    const drawnBefore = await jenny.get('/account');
    const [invoice] = (await ask<{ data: { id: string }[] }>('/v1/invoices?status=open')).data;
    const payBy = async (method: string) => {
      await ask(`/v1/invoices/${invoice?.id}/pay`, { payment_method: await attach(method) });
      await shows(/Your payment of \$15\.00 is on its way/);
      expect(await account()).not.toMatch(/Pay \$/);
    };
    await payBy('pm_usBankAccount_insufficientFunds');
    expect((await jenny.submit(drawnBefore, '/pay')).location).toBe('/account');
    await shop.sandbox.moveClock(2 * DAY_MS + HOUR_MS);
    await shows(/Pay \$15\.00 now/);
    expect(await account()).not.toContain('on its way');
    await payBy('pm_usBankAccount_success');
    await shop.sandbox.moveClock(2 * DAY_MS + HOUR_MS);
    await shows(/Pro.*Active.*It is renewed on/);
  });

  it('offer to pay again where a payment that was on its way is canceled', async () => {
    await slowBankDebits(shop.sandbox.url);
    await subscribe();
    const { id = '', customer = '' } = (await live()) ?? {};
    const debit = await ask<{ id: string }>('/v1/payment_methods/pm_usBankAccount_success/attach', { customer });
    await ask(`/v1/subscriptions/${id}`, { default_payment_method: debit.id });
    await shop.sandbox.moveClock(14 * DAY_MS + 3 * HOUR_MS);
    await shows(/Your payment of \$15\.00 is on its way/);
    const [intent] = (await ask<{ data: { id: string; status: string }[] }>('/v1/payment_intents')).data;
    expect(intent?.status).toBe('processing');
    await allHandled();
    await ask(`/v1/payment_intents/${intent?.id}/cancel`, {});

    await shows(/Pay \$15\.00 now/);
    expect(await account()).not.toContain('on its way');
  });

  it('take another reason at a second try, where Stripe did not answer the first', async () => {
    await subscribe();
    const page = await jenny.get('/account');
    const stripe = shop.app.get(StripeSubscriptions);
    const really = stripe.scheduleEnd.bind(stripe);
    const call = jest.spyOn(stripe, 'scheduleEnd').mockImplementationOnce(async (id, feedback, key) => {
      const made = await really(id, feedback, key);
      await stripe.takeEndBack(id, false, 'undone');
      throw new StripeUnavailableError('subscriptions.update', `no answer to ${made.id}`);
    });
    expect((await jenny.submit(page, '/cancel', { feedback: 'unused' })).status).toBe(503);
    await jenny.submit(page, '/cancel', { feedback: 'too_complex' });
    call.mockRestore();
    expect(await account()).toMatch(/Your plan ends when|so nothing was done/);
    expect(await account()).not.toContain('not possible with your plan');
  });

  it('end the plan once by two clicks at a time', async () => {
    await subscribe();
    const page = await jenny.get('/account');
    const stripe = shop.app.get(StripeSubscriptions);
    const really = stripe.scheduleEnd.bind(stripe);
    let letGo = () => {};
    const second = new Promise<void>((resolve) => (letGo = resolve));
    const call = jest.spyOn(stripe, 'scheduleEnd').mockImplementation(async (...params) => {
      await second;
      return really(...params);
    });
    const change = jest.spyOn(shop.app.get(SnapshotReader), 'change');
    const clicks = [1, 2].map(() => jenny.submit(page, '/cancel'));
    await eventually('both wait', () => change.mock.calls.length === 2);
    letGo();
    expect((await Promise.all(clicks)).map(({ status }) => status)).toEqual([303, 303]);
    expect(await account()).toMatch(/Your plan ends when.*It ends on .* and is not renewed/);
    expect(call).toHaveBeenCalledTimes(1);
    jest.restoreAllMocks();
  });

  it('say that a plan is paused, and resume it, which charges a new period', async () => {
    await subscribe('2');
    await shop.sandbox.moveClock(14 * DAY_MS + 3 * HOUR_MS);
    await shows(/Active.*renewed on/);
    const { id = '' } = (await live()) ?? {};
    await ask(`/v1/subscriptions/${id}/pause`, {});
    await shows(/Paused.*Resume the plan.*A new period begins now\. It costs \$30\.00/);
    const page = await jenny.get('/account');
    expect(textOf(page)).not.toContain('Change plan');
    const other = shop.customer('other@example.com');
    expect(
      (await other.post(`/account/subscriptions/${id}/resume`, { _csrf: await other.csrf(), version: '1' })).status,
    ).toBe(404);
    expect((await jenny.submit(page, '/resume')).location).toBe('/account');
    expect(await account()).toMatch(/Your plan goes on from now\..*Active.*It is renewed on .* for \$30\.00/);
    await jenny.submit(page, '/resume'); // drawn before
    expect(await account()).toContain('so nothing was done');
  });

  it('lead to the payment where the resumed plan could not be charged', async () => {
    await subscribe();
    await shop.sandbox.moveClock(24 * DAY_MS); // the time that the pause gives back is not worth a whole period
    await shows(/Active.*renewed on/);
    const { id = '', customer = '' } = (await live()) ?? {};
    const card = await ask<{ id: string }>('/v1/payment_methods/pm_card_chargeCustomerFail/attach', { customer });
    await ask(`/v1/subscriptions/${id}`, { default_payment_method: card.id });
    await ask(`/v1/subscriptions/${id}/pause`, {});
    await shows(/Paused/);
    await jenny.submit(await jenny.get('/account'), '/resume');
    expect(await account()).toContain('Your payment did not go through');
    await shows(/Payment failed.*Pay \$\d+\.\d\d now/);
  });

  it('say that a plan has ended, and lead to the shop until there is another one of its group', async () => {
    await subscribe();
    const stripe = shop.app.get(StripeSubscriptions);
    await stripe.cancelSubscription((await live())?.id ?? '', 'end_1');
    await shows(/Your plan Pro Ended It ended on \d.* Subscribe again/);
    const page = await jenny.get('/account');
    expect(page.html).toMatch(/<a href="\/"[^>]*aria-label="Subscribe again: Pro">/);
    expect(textOf(page)).not.toMatch(/Change plan|End the plan/);
    await subscribe();
    await shows(/Your plan Pro (Active|Trial)/);
    expect(await account()).not.toMatch(/It ended on|Subscribe again/);
  });

  it('say that no payments are taken', async () => {
    await subscribe();
    const { id = '' } = (await live()) ?? {};
    await ask(`/v1/subscriptions/${id}`, { 'pause_collection[behavior]': 'void' });
    await shows(/No payments are taken for the time being\./);
    const until = String(Math.floor(Date.now() / 1_000) + 90 * 86_400);
    await ask(`/v1/subscriptions/${id}`, {
      'pause_collection[behavior]': 'void',
      'pause_collection[resumes_at]': until,
    });
    await shows(/No payments are taken until \d/);
    expect(await account()).not.toContain('Change plan');
  });
});
