import { useAppProcess } from '../support/app-process.js';
import { anInvoiceEvent } from './support/events.js';
import { eventually } from '../support/eventually.js';

/** More than are handled at the same time. */
const OTHERS = 150;

describe('a handler that takes 30 s', () => {
  const app = useAppProcess((process) => process.start());

  it('holds up neither the answers nor any other event, and keeps its own as long as it works on it', async () => {
    const slow = anInvoiceEvent('invoice.sent');
    await app.sender.send(slow);
    await app.hasReported(`began ${slow.id}`);
    const { next_attempt_at: leaseEnd } = (await app.events.find(slow.id)) ?? {};

    const others = Array.from({ length: OTHERS }, () => anInvoiceEvent());
    for (const { status } of await Promise.all(others.map((other) => app.sender.send(other)))) expect(status).toBe(200);
    for (const { id } of others) await app.events.is(id, 'done');
    await eventually('the lease is put off', async () => {
      const { next_attempt_at: now } = (await app.events.find(slow.id)) ?? {};
      return Number(now) > Number(leaseEnd);
    });
    expect(await app.events.find(slow.id)).toMatchObject({ status: 'pending', attempts: 1 });

    app.setSwitches({ release: true });
    await app.events.is(slow.id, 'done');
    expect(await app.events.effectsOf(slow.id)).toEqual(['Slow']);
  });
});
