import { jest } from '@jest/globals';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StripeEventOf } from '../../src/stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../src/webhook/index.js';
import { runCli } from '../support/cli.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

const SECRET = 'pa55wordOfOurs';

@Injectable()
@HandlesStripeEvent('invoice.payment_succeeded')
class Broken implements StripeEventHandler<'invoice.payment_succeeded'> {
  async apply({ data: { object } }: StripeEventOf<'invoice.payment_succeeded'>): Promise<void> {
    throw new Error(`no room for ${object.id}`, { cause: new Error('the shelf is full') });
  }
}

@Injectable()
@HandlesStripeEvent('invoice.overdue')
class Talkative implements StripeEventHandler<'invoice.overdue'> {
  async apply(): Promise<void> {
    throw new Error(`${'x'.repeat(480)} https://api.example.com/?token=${SECRET}`);
  }
}

describe('a handler that fails', () => {
  let shop: Shop;
  let sender: WebhookSender;
  let errors: { line: string; stack: string }[];
  beforeEach(async () => {
    errors = [];
    const note = (line: unknown, stack?: unknown) => void errors.push({ line: String(line), stack: String(stack) });
    jest.spyOn(Logger.prototype, 'error').mockImplementation(note);
    shop = await startShop({ handlers: [Broken, Talkative] });
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
  });
  afterEach(async () => {
    await shop.stop();
    jest.restoreAllMocks();
  });

  it('leaves one line an attempt: who, on what, about which payment, which attempt, when the next, and its stack [B2]', async () => {
    const metadata = { payment_id: 'b7d3c1e0-0000-4000-8000-000000000001' };
    const event = anEvent('invoice.payment_succeeded', { id: 'in_1', object: 'invoice', metadata } as never);
    await sender.send(event);
    const about = () => errors.filter(({ line }) => line.includes(event.id));
    await eventually('it is logged', () => about().length);
    const [first] = about(); // a slow machine may be at its second attempt
    expect(first?.line).toMatch(
      `Broken failed on invoice.payment_succeeded ${event.id}, about payment ${metadata.payment_id}, attempt 1 of 15, the next at 20`,
    );
    expect(first?.line).toMatch(/Z: no room for in_1$/);
    expect(first?.stack).toMatch(/at Broken\.apply[^]*Caused by Error: the shelf is full/);

    const { out } = await runCli(shop.settings, ['events', 'show', event.id]);
    expect(out).toContain(`payment ${metadata.payment_id}`);
    expect(out).toMatch(/Broken: pending after \d attempts?, the next at 20\S+Z, no room for in_1/);
    const shown = JSON.parse((await runCli(shop.settings, ['events', 'show', event.id, '--json'])).out);
    expect(shown).toMatchObject({ payment: metadata.payment_id, runs: [{ nextAttemptAt: expect.any(String) }] });
  });

  it('leaves no secret of its error in the database, nor on the command line [S9]', async () => {
    const event = anEvent('invoice.overdue', { id: 'in_1', object: 'invoice' } as never);
    await sender.send(event);
    await eventually('it is logged', () => errors.some(({ line }) => line.includes(event.id)));
    const { out } = await runCli(shop.settings, ['events', 'show', event.id, '--json']);
    expect(JSON.parse(out).runs[0].lastError).toMatch(/^x+ https:/);
    expect(out).not.toContain(SECRET.slice(0, 4));
    const rows = await shop.app.get(DataSource).query('SELECT last_error FROM webhook_handler_runs');
    expect(JSON.stringify(rows)).not.toContain(SECRET.slice(0, 4));
  });
});
