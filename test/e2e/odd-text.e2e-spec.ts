import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { StripeEventOf } from '../../src/stripe/stripe.types.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../src/webhook/index.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

type Invoice = StripeEventOf<'invoice.payment_succeeded'>;

/** Keeps what an event brings in a column, and fails with it where the event says so. */
@Injectable()
@HandlesStripeEvent('invoice.payment_succeeded')
class KeepDescription implements StripeEventHandler<'invoice.payment_succeeded'> {
  async apply({ data: { object } }: Invoice, tx: EntityManager): Promise<void> {
    if (object.number === 'fail') throw new Error(`cannot read ${object.description}`);
    await tx.query('INSERT INTO kept (id, description) VALUES ($1, $2)', [object.id, object.description]);
  }
}

const EMOJI = '\u{1F600}';
/** Text that PostgreSQL refuses. */
const ODD: [string, string][] = [
  ['that holds a NUL', 'a\0b'],
  ['that ends inside an emoji', `a${EMOJI[0]}`],
  ['that begins inside an emoji', `${EMOJI[1]}b`],
  ['that is cut inside an emoji where we keep no more of it', `${'x'.repeat(99)}${EMOJI}`],
];
const paid = { object: 'checkout.session', mode: 'payment', status: 'complete', payment_status: 'paid' };

describe('an event with text that a database refuses', () => {
  let shop: Shop;
  let sender: WebhookSender;
  beforeAll(async () => {
    shop = await startShop({ handlers: [KeepDescription] });
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    await units().run((tx) => tx.query('CREATE TABLE kept (id varchar PRIMARY KEY, description varchar)'));
  });
  afterAll(() => shop.stop());

  const units = () => shop.app.get(UnitOfWork);
  const log = () => shop.app.get(EventLog);
  const aSession = (changes: object = {}) =>
    anEvent('checkout.session.completed', { ...paid, id: 'cs_test_x', ...changes } as never);
  const handled = (id: string) =>
    eventually(`${id} is handled`, async () => {
      const found = await log().find(id);
      return found && found.event.status !== 'pending' ? found : undefined;
    });

  describe.each(ODD)('%s', (_, text) => {
    const odd = () => [
      aSession({ metadata: { app_name: text } }),
      { ...anEvent('customer.created', { id: 'cus_1' } as never), type: `customer.${text}` },
      { ...anEvent('customer.created', { id: 'cus_1' } as never), account: text },
    ];

    it('is stored, and none of those that come with it is refused [S2]', async () => {
      const good = Array.from({ length: 60 }, () => anEvent('customer.created', { id: 'cus_1' } as never));
      const bad = odd();
      const mixed = good.flatMap((event, nth) => (nth % 20 === 10 ? [event, bad[Math.floor(nth / 20)]] : [event]));
      const answers = await Promise.all(mixed.map((event) => sender.send(event as object)));
      expect(answers.map(({ status }) => status)).toEqual(mixed.map(() => 200));
      for (const { id } of bad) {
        const { event } = (await log().find(id)) ?? {};
        expect(event).toMatchObject({ status: 'ignored', reason: expect.stringMatching(/\S/) });
        expect(event?.reason?.isWellFormed() && !event.reason.includes('\0')).toBe(true);
      }
      expect((await log().find(bad[0]?.id ?? ''))?.event.payload).toBe(printed(bad[0] as object));
    });

    it('is handled, and what its handlers write of it is stored [S2]', async () => {
      const event = anEvent('invoice.payment_succeeded', {
        id: `in_${text}`,
        object: 'invoice',
        description: text,
      } as never);
      expect((await sender.send(event)).status).toBe(200);
      expect((await handled(event.id)).event.status).toBe('done');
      const rows: { description: string }[] = await units().run((tx) =>
        tx.query('SELECT description FROM kept WHERE id = $1', [`in_${text}`]),
      );
      expect(rows).toEqual([{ description: text.replaceAll('\0', '\uFFFD').toWellFormed() }]);
    });

    it('is a failed attempt with its error where a handler fails with it [S2]', async () => {
      const object = { id: 'in_2', object: 'invoice', number: 'fail', description: text };
      const event = anEvent('invoice.payment_succeeded', object as never);
      await sender.send(event);
      const { runs } = await eventually('its handler has run', async () => {
        const found = await log().find(event.id);
        return found?.runs.length ? found : undefined;
      });
      expect(runs).toMatchObject([{ status: 'pending', attempts: 1, lastError: /cannot read/ }].map(withPattern));
    });

    it('is a payment of a payment link all the same [S2]', async () => {
      const link = aSession({
        id: `cs_test_${text}`,
        amount_total: 1999,
        currency: 'usd',
        created: 1_795_773_600,
        client_reference_id: null,
        metadata: { [text]: text },
        payment_link: 'plink_1',
        payment_intent: `pi_${text}`,
        customer_details: { email: `${text}@example.com`, name: text },
      });
      expect((await sender.send(link)).status).toBe(200);
      expect((await handled(link.id)).event.status).toMatch(/done|ignored/);
    });
  });

  it('or that cannot be stored for any other reason is refused alone [S2]', async () => {
    await units().run((tx) =>
      tx.query("CREATE UNIQUE INDEX one_of_its_kind ON webhook_events (type) WHERE type = 'customer.one'"),
    );
    const [first, second] = [0, 1].map(() => ({
      ...anEvent('customer.created', { id: 'cus_1' } as never),
      type: 'customer.one',
    }));
    expect((await sender.send(first as object)).status).toBe(200);
    const good = Array.from({ length: 60 }, () => aSession());
    const mixed = [...good.slice(0, 30), second as object, ...good.slice(30)];
    const answers = await Promise.all(mixed.map((event) => sender.send(event)));
    expect(answers.map(({ status }) => status)).toEqual(mixed.map((event) => (event === second ? 503 : 200)));
    for (const { id } of good) expect((await handled(id)).event).toMatchObject({ status: 'done', attempts: 1 });
  });
});

const withPattern = ({ lastError, ...run }: { lastError: RegExp }) => ({
  ...run,
  lastError: expect.stringMatching(lastError),
});
