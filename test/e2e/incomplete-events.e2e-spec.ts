import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../src/stripe/stripe.types.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../src/webhook/index.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

type Invoice = 'invoice.payment_succeeded' | 'invoice.overdue';
let applied: string[] = [];

@Injectable()
@HandlesStripeEvent('invoice.payment_succeeded', 'invoice.overdue')
class NeedsCustomer implements StripeEventHandler<Invoice> {
  reasonToIgnore({ data: { object } }: StripeEventOf<Invoice>): string | undefined {
    return object.customer ? undefined : 'the invoice names no customer';
  }

  async apply({ id, data: { object } }: StripeEventOf<Invoice>, _tx: EntityManager): Promise<void> {
    applied.push(`NeedsCustomer ${id} ${object.customer}`);
  }
}

@Injectable()
@HandlesStripeEvent('invoice.overdue')
class TakesAll implements StripeEventHandler<'invoice.overdue'> {
  async apply({ id }: StripeEventOf<'invoice.overdue'>): Promise<void> {
    applied.push(`TakesAll ${id}`);
  }
}

@Injectable()
@HandlesStripeEvent('invoice.will_be_due')
class CannotTell implements StripeEventHandler<'invoice.will_be_due'> {
  reasonToIgnore(): string | undefined {
    throw new Error('cannot tell');
  }

  async apply({ id }: StripeEventOf<'invoice.will_be_due'>): Promise<void> {
    applied.push(`CannotTell ${id}`);
  }
}

describe('an event of which a part is missing', () => {
  let shop: Shop;
  let sender: WebhookSender;
  beforeAll(async () => {
    shop = await startShop({ handlers: [NeedsCustomer, TakesAll, CannotTell] });
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
  });
  beforeEach(() => (applied = []));
  afterAll(() => shop.stop());

  const log = () => shop.app.get(EventLog);
  const anInvoice = <K extends Invoice | 'invoice.will_be_due'>(type: K, customer: string | null) =>
    anEvent(type, { id: 'in_1', object: 'invoice', customer } as never);
  const finished = async (id: string) =>
    eventually(`${id} is finished`, async () => {
      const found = await log().find(id);
      return found?.event.status === 'pending' ? undefined : found;
    });

  it('is ignored with the reason of the handler that leaves it alone, and nothing is called [B3]', async () => {
    const event = anInvoice('invoice.payment_succeeded', null);
    expect((await sender.send(event)).status).toBe(200);
    expect(await finished(event.id)).toMatchObject({
      event: { status: 'ignored', reason: 'the invoice names no customer', nextAttemptAt: null, leaseToken: null },
      runs: [{ handler: 'NeedsCustomer', status: 'ignored', lastError: 'the invoice names no customer' }],
    });
    expect(applied).toEqual([]);
  });

  it('is handled by its other handlers, and the run of the one that leaves it alone says why [B3]', async () => {
    const event = anInvoice('invoice.overdue', null);
    await sender.send(event);
    expect(await finished(event.id)).toMatchObject({
      event: { status: 'done', reason: null },
      runs: [
        { handler: 'NeedsCustomer', status: 'ignored', lastError: 'the invoice names no customer' },
        { handler: 'TakesAll', status: 'done', lastError: null },
      ],
    });
    expect(applied).toEqual([`TakesAll ${event.id}`]);
  });

  it('is left alone among hundreds of whole ones, which are all handled [B3]', async () => {
    const events = Array.from({ length: 300 }, (_, nth) =>
      anInvoice('invoice.payment_succeeded', nth % 3 === 0 ? null : 'cus_1'),
    );
    const answers = await Promise.all(events.map((event) => sender.send(event)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await eventually('all are finished', async () => (await log().list({ status: 'pending', limit: 1 })).total === 0);
    expect(applied.toSorted()).toEqual(
      events.flatMap(({ id, data }) => (data.object.customer ? [`NeedsCustomer ${id} cus_1`] : [])).toSorted(),
    );
  });

  it('is a failed attempt of the handler that cannot tell whether it can handle it [B3]', async () => {
    const event = anInvoice('invoice.will_be_due', 'cus_1');
    await sender.send(event);
    const { runs } = await eventually('its handler has run', async () => {
      const found = await log().find(event.id);
      return found?.runs.length ? found : undefined;
    });
    expect(runs).toMatchObject([{ status: 'pending', attempts: 1, lastError: 'cannot tell' }]);
    expect(applied).toEqual([]);
  });

  it.each<[string, object]>([
    ['missing', {}],
    ['null', { object: null }],
    ['a list', { object: [] }],
    ['text', { object: 'in_1' }],
    ['a number', { object: 1 }],
  ])('is ignored with the reason where its object is %s [B3]', async (_, data) => {
    const event = { ...anInvoice('invoice.payment_succeeded', 'cus_1'), data };
    for (const body of [printed(event), JSON.stringify({ ...event, id: `${event.id}_on_one_line` })])
      expect((await sender.send(body)).status).toBe(200);
    for (const id of [event.id, `${event.id}_on_one_line`])
      expect((await log().find(id))?.event).toMatchObject({
        status: 'ignored',
        reason: 'its data.object is missing, or is no object',
      });
  });

  it('and one of 100,000 levels hold up no other [B3]', async () => {
    const levels = 100_000;
    const nested = ['[]', '{}'].map((pair, nth) => {
      const [open, close] = pair === '[]' ? ['[', ']'] : ['{"a":', '}'];
      const event = anInvoice('invoice.overdue', 'cus_1');
      const deep = `${open.repeat(levels)}${nth}${close.repeat(levels)}`;
      return { id: event.id, body: printed(event).replace('"in_1"', `"in_1",\n      "deep": ${deep}`) };
    });
    const event = anInvoice('invoice.payment_succeeded', 'cus_1');
    const bodies = [...nested.map(({ body }) => body), printed(event)];
    const answers = await Promise.all(bodies.map((body) => sender.send(body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const { id } of [...nested, event]) expect((await finished(id)).event.status).toBe('done');
  });
});
