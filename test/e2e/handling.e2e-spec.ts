import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { StripeEventOf } from '../../src/stripe/stripe.types.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { HandlesStripeEvent, type HandlingContext, type StripeEventHandler } from '../../src/webhook/index.js';
import { Replay } from '../../src/webhook/replay.service.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

type Invoice = 'invoice.payment_succeeded';
const note = (tx: EntityManager, text: string) => tx.query('INSERT INTO notes (text) VALUES ($1)', [text]);

/** What the handlers below do. */
let broken = false;
let slow: Promise<void> | undefined;
let keys: string[] = [];

@Injectable()
@HandlesStripeEvent('invoice.payment_succeeded')
class Reliable implements StripeEventHandler<Invoice> {
  apply(event: StripeEventOf<Invoice>, tx: EntityManager): Promise<void> {
    return note(tx, `reliable ${event.id}`);
  }
}

@Injectable()
@HandlesStripeEvent('invoice.payment_succeeded')
class Fragile implements StripeEventHandler<Invoice, string> {
  async load(event: StripeEventOf<Invoice>, { idempotencyKey }: HandlingContext): Promise<string> {
    keys.push(idempotencyKey);
    return `loaded for ${event.id}`;
  }

  async apply(event: StripeEventOf<Invoice>, tx: EntityManager, loaded: string): Promise<void> {
    await note(tx, `fragile ${event.id}, ${loaded}`);
    if (broken) throw new Error('half-way');
  }
}

@Injectable()
@HandlesStripeEvent('invoice.overdue')
class Slow implements StripeEventHandler<'invoice.overdue'> {
  async load(): Promise<void> {
    await slow;
  }
  apply(event: StripeEventOf<'invoice.overdue'>, tx: EntityManager): Promise<void> {
    return note(tx, `slow ${event.id}`);
  }
}

describe('the handlers of an event', () => {
  let shop: Shop;
  let sender: WebhookSender;
  beforeEach(async () => {
    [broken, slow, keys] = [false, undefined, []];
    shop = await startShop({ handlers: [Reliable, Fragile, Slow] });
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    await units().run((tx) => tx.query('CREATE TABLE notes (text varchar NOT NULL)'));
  });
  afterEach(() => shop.stop());

  const units = () => shop.app.get(UnitOfWork);
  const log = () => shop.app.get(EventLog);
  const notes = async () => {
    const rows = (await units().run((tx) => tx.query('SELECT text FROM notes ORDER BY text'))) as { text: string }[];
    return rows.map(({ text }) => text);
  };
  const runsOf = async (id: string) => {
    const { runs = [] } = (await log().find(id)) ?? {};
    return Object.fromEntries(runs.map(({ handler, status, attempts }) => [handler, [status, attempts]]));
  };
  const statusOf = async (id: string) => (await log().find(id))?.event.status;
  const anInvoice = () => anEvent('invoice.payment_succeeded', { id: 'in_1', object: 'invoice' } as never);

  it('all run, each once, and get what they loaded', async () => {
    const event = anInvoice();
    await sender.send(event);
    await eventually('it is done', async () => (await statusOf(event.id)) === 'done');
    expect(await notes()).toEqual([`fragile ${event.id}, loaded for ${event.id}`, `reliable ${event.id}`]);
    expect(keys).toEqual([`${event.id}:Fragile`]);
  });

  it('fail and are tried again on their own, and nothing of a failed try is stored', async () => {
    broken = true;
    const event = anInvoice();
    const sentAt = Date.now();
    await sender.send(event);
    await eventually('both have run', async () => Object.keys(await runsOf(event.id)).length === 2);
    expect(await runsOf(event.id)).toEqual({ Reliable: ['done', 1], Fragile: ['pending', 1] });
    expect(await notes()).toEqual([`reliable ${event.id}`]);
    const { event: row, runs } = (await log().find(event.id)) ?? {};
    expect(runs?.find(({ handler }) => handler === 'Fragile')?.lastError).toBe('half-way');
    expect(Number(row?.nextAttemptAt) - sentAt).toBeGreaterThan(2_000);

    broken = false;
    await shop.app.get(Replay).replay({ id: event.id }); // instead of waiting for the next attempt
    await eventually('it is done', async () => (await statusOf(event.id)) === 'done');
    expect(await notes()).toEqual([`fragile ${event.id}, loaded for ${event.id}`, `reliable ${event.id}`]);
    expect(await runsOf(event.id)).toMatchObject({ Reliable: ['done', 1] });
    expect(new Set(keys).size).toBe(1);
  });

  it('get through hundreds of events that come at once', async () => {
    const events = Array.from({ length: 500 }, anInvoice);
    const answers = await Promise.all(events.map((event) => sender.send(event)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await eventually('all are done', async () => (await log().list({ status: 'pending', limit: 1 })).total === 0);
    expect(await notes()).toHaveLength(1_000);
  });

  it('are run when the handlers of a type are slow and many of its events wait', async () => {
    let letGo = () => {};
    slow = new Promise((resolve) => (letGo = resolve));
    const waiting = Array.from({ length: 100 }, () => anEvent('invoice.overdue', { id: 'in_2' } as never));
    await Promise.all(waiting.map((event) => sender.send(event)));
    const event = anInvoice();
    await sender.send(event);
    await eventually('the other is done', async () => (await statusOf(event.id)) === 'done');

    // No slot is left for its type, and what is no event is refused all the same.
    const unreadable = anEvent('invoice.overdue', { id: 'in_3' } as never);
    const body = printed(unreadable).replace('"in_3"', '"in_3",');
    expect((await sender.send(body)).status).toBe(400);
    expect(await log().find(unreadable.id)).toBeUndefined();
    letGo();
    await eventually('all are done', async () => (await log().list({ status: 'pending', limit: 1 })).total === 0);
    expect((await log().list({ type: 'invoice.overdue', status: 'done', limit: 1 })).total).toBe(waiting.length);
  });

  it('hold up no other event while one of them takes long', async () => {
    let letGo = () => {};
    slow = new Promise((resolve) => (letGo = resolve));
    const waiting = anEvent('invoice.overdue', { id: 'in_2', object: 'invoice' } as never);
    await sender.send(waiting);
    const event = anInvoice();
    expect((await sender.send(event)).status).toBe(200);
    await eventually('the other is done', async () => (await statusOf(event.id)) === 'done');
    expect(await statusOf(waiting.id)).toBe('pending');
    letGo();
    await eventually('the slow one is done too', async () => (await statusOf(waiting.id)) === 'done');
    expect(await notes()).toContain(`slow ${waiting.id}`);
  });
});
