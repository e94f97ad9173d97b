import { jest } from '@jest/globals';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LimitedWarnings } from '../../src/logging/limited-warnings.js';
import type { StripeEventOf } from '../../src/stripe/stripe.types.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { HandlerRunner } from '../../src/webhook/handler-runner.service.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../src/webhook/index.js';
import { Inbox } from '../../src/webhook/inbox.service.js';
import { type IncomingEvent, readEvent } from '../../src/webhook/incoming-event.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';

type Invoice = 'invoice.payment_succeeded';
let applied: string[] = [];

@Injectable()
@HandlesStripeEvent('invoice.payment_succeeded')
class BrokenTogether implements StripeEventHandler<Invoice> {
  async apply({ id }: StripeEventOf<Invoice>): Promise<void> {
    applied.push(id);
  }

  async applyAll(events: StripeEventOf<Invoice>[], _tx: EntityManager): Promise<void> {
    if (events.length > 1) throw new TypeError('a bug that only many events have');
    applied.push(...events.map(({ id }) => id));
  }
}

describe('events whose handler fails when they are handled together', () => {
  let shop: Shop;
  let lines: string[];
  beforeEach(async () => {
    [applied, lines] = [[], []];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
    shop = await startShop({ handlers: [BrokenTogether] });
  });
  afterEach(async () => {
    await shop.stop();
    jest.restoreAllMocks();
  });

  const incoming = () =>
    readEvent(
      Buffer.from(JSON.stringify(anEvent('invoice.payment_succeeded', { id: 'in_1' } as never))),
    ) as IncomingEvent;

  it('are each handled on their own, no more at once than of any type, and the fault is seen [B1]', async () => {
    const runner = shop.app.get(HandlerRunner);
    const run = runner.run.bind(runner);
    let [running, most] = [0, 0];
    runner.run = async (claim) => {
      most = Math.max(most, ++running);
      await run(claim).finally(() => running--);
    };

    const events = Array.from({ length: 400 }, incoming);
    const inbox = shop.app.get(Inbox);
    await Promise.all(events.map((event) => inbox.store(event)));
    const left = async () => (await shop.app.get(EventLog).list({ status: 'pending', limit: 1 })).total;
    await eventually('all are done', async () => (await left()) === 0);
    expect(applied.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(32);

    const warnings = shop.app.get(LimitedWarnings);
    expect(warnings.counts['webhook.group-failed']).toBeGreaterThan(0);
    warnings.onApplicationShutdown(); // instead of waiting for the line's time
    const [first] = lines.filter((line) => line.includes('could not be handled together'));
    expect(first).toMatch(
      /events \(invoice\.payment_succeeded\).*BrokenTogether failed.*a bug that only many events have \(\d+ times?, /,
    );
    expect(first).toMatch(/at BrokenTogether\.applyAll/);
  });
});
