import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { cliJson, runCli } from '../support/cli.js';
import { textOf } from '../support/customer.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

describe('the command line, beside a running app', () => {
  let shop: Shop;
  let id: string;
  beforeAll(async () => {
    shop = await startShop();
    const customer = shop.customer('cli@example.com');
    id = await customer.buy();
    await eventually('it is paid', async () => (await shop.app.get(PaymentReader).details(id))?.status === 'paid');
    await customer.submit(await customer.get('/account'), '/refund');
  });
  afterAll(() => shop.stop());

  const cli = (...args: string[]) => runCli(shop.settings, args);
  const json = (...args: string[]) => cliJson(shop.settings, ...args);

  it('lists and shows payments with their refunds and history', async () => {
    const list = await json('payments', 'list', '--email', 'cli@example.com');
    const times = { at: expect.any(String), learnedAt: expect.any(String) };
    const price = { amount: 1999, currency: 'usd' };
    expect(list).toEqual({
      payments: [
        {
          id: expect.any(String),
          checkoutSessionId: id,
          paymentIntentId: expect.stringMatching(/^pi_/),
          email: 'cli@example.com',
          amount: 1999,
          amountRefunded: 1999,
          amountDisputed: 0,
          requested: price,
          charged: price,
          earlyFraudWarnings: [],
          currency: 'usd',
          status: 'refunded',
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          refunds: [
            {
              id: expect.stringMatching(/^re_/),
              amount: 1999,
              status: 'succeeded',
              requestedBy: 'cli@example.com',
            },
          ],
          disputes: [],
          history: [
            { ...times, from: null, to: 'pending', cause: 'checkout started', actor: 'cli@example.com' },
            { ...times, from: 'pending', to: 'paid', cause: expect.stringMatching(/^evt_/), actor: null },
            { ...times, from: 'paid', to: 'refunded', cause: expect.any(String), actor: 'cli@example.com' },
          ],
        },
      ],
      total: 1,
    });
    expect(await json('payments', 'show', id)).toEqual(list.payments[0]);
    expect((await cli('payments', 'show', id)).out).toMatch(
      /refunded\s+\$19\.99\s+cli@example\.com[\s\S]*pending -> paid/,
    );
  });

  it('lists, shows and replays events', async () => {
    const { events, total } = await json('events', 'list', '--type', 'checkout.session.completed');
    expect(total).toBe(1);
    expect(events[0]).toMatchObject({ status: 'done', reason: null, attempts: 1 });
    expect(events[0].runs).toEqual([
      { handler: 'RecordCheckoutCompleted', status: 'done', attempts: 1, lastError: null, nextAttemptAt: null },
    ]);
    expect(await json('events', 'show', events[0].id)).toMatchObject(events[0]);
    expect(await json('events', 'replay', events[0].id)).toEqual({ replayed: 1, ignored: 0 });
    await eventually('it is done again', async () => (await json('events', 'show', events[0].id)).status === 'done');
    expect((await json('events', 'list', '--limit', '1')).events).toHaveLength(1);
    expect(await json('events', 'replay', '--status', 'dead')).toEqual({ replayed: 0, ignored: 0 });
  });

  it('replays all handlers of an event where that is asked for', async () => {
    const { events } = await json('events', 'list', '--type', 'checkout.session.completed');
    const attempts = async () => (await json('events', 'show', events[0].id)).runs[0];
    expect(await attempts()).toMatchObject({ status: 'done', attempts: 1 });
    await json('events', 'replay', events[0].id, '--all');
    await eventually('it is done again', async () => (await attempts()).status === 'done');
    expect((await json('payments', 'show', id)).history).toHaveLength(3);
  });

  it('prunes events that are finished and old enough, and nothing else', async () => {
    expect(await json('events', 'prune', '--older-than', '1h')).toEqual({ pruned: 0 });
    const { total } = await json('events', 'list');
    const late = new Date(Date.now() - 100 * 86_400_000).getTime();
    const [old, dead] = [anEvent('customer.created', {} as never), anEvent('customer.created', {} as never)];
    for (const event of [old, dead]) await new WebhookSender(shop.url, shop.sandbox.webhookSecret).send(event);
    await shop.app.get(UnitOfWork).run(async (tx) => {
      await tx.query('UPDATE webhook_events SET received_at = $1 WHERE id IN ($2, $3)', [late, old.id, dead.id]);
      await tx.query("UPDATE webhook_events SET status = 'dead' WHERE id = $1", [dead.id]);
    });
    expect(await json('events', 'prune', '--older-than', '90d')).toEqual({ pruned: 1 });
    expect((await cli('events', 'show', old.id)).status).toBe(1);
    expect(await json('events', 'list')).toMatchObject({ total: total + 1 });
  });

  it('says why an event was ignored', async () => {
    const event = anEvent('customer.created', { id: 'cus_1' } as never);
    await new WebhookSender(shop.url, shop.sandbox.webhookSecret).send(event);
    const shown = await json('events', 'show', event.id);
    expect(shown).toMatchObject({ status: 'ignored', reason: 'no handler for customer.created', runs: [] });
    expect(await json('events', 'replay', event.id)).toEqual({ replayed: 0, ignored: 1 });
    expect(await json('events', 'show', event.id)).toEqual(shown);
  });

  it('archives the catalog, so that nothing can be bought, and brings it back', async () => {
    const customer = shop.customer();
    const csrf = await customer.csrf(); // while the page still has a form
    expect(await json('catalog', 'list')).toMatchObject({
      items: [{ state: 'in_sync', amount: 1999 }, { state: 'in_sync' }, { state: 'in_sync' }],
    });
    const { archived } = await json('catalog', 'archive');
    expect(archived).toHaveLength(5); // two products and their three prices
    expect(await json('catalog', 'archive')).toEqual({ archived: [] });
    expect(await json('catalog', 'list')).toMatchObject({
      items: [{ state: 'missing' }, { state: 'missing' }, { state: 'missing' }],
    });

    const answer = await customer.post('/create-checkout-session', { _csrf: csrf });
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toContain('not any more');

    const synced = await json('catalog', 'sync');
    expect(synced.items).toMatchObject([
      { product: 'updated', price: 'created' },
      { product: 'updated', price: 'created' },
      { product: 'unchanged', price: 'created' },
    ]);
    const unchanged = { product: 'unchanged', price: 'unchanged' };
    expect((await json('catalog', 'sync')).items).toMatchObject([unchanged, unchanged, unchanged]);
  });

  it('fails with 1 for what is not there, and with 2 for a call that is off', async () => {
    expect(await cli('payments', 'show', 'nothing')).toMatchObject({
      status: 1,
      out: '',
      err: 'There is no payment nothing\n',
    });
    expect(await cli('events', 'show', 'evt_none', '--json')).toMatchObject({ status: 1, out: '' });
    expect(await cli('events', 'replay', 'evt_none')).toMatchObject({ status: 1, out: '' });
    for (const off of [
      ['events', 'list', '--status', 'odd'],
      ['events', 'replay'],
      ['events', 'prune'],
      ['events', 'prune', '--older-than', 'long'],
      ['fly'],
      ['payments', 'list', '--limit', '0'],
    ])
      expect(await cli(...off)).toMatchObject({ status: 2, out: '' });
  });
});
