import { anEvent } from '../../test/support/mock-stripe.js';
import { type TestingApp, testingApp } from '../../test/support/testing-app.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { EventLog } from './event-log.service.js';
import { Inbox } from './inbox.service.js';
import { type IncomingEvent, readEvent } from './incoming-event.js';
import { Replay } from './replay.service.js';

describe('the list of events', () => {
  const MANY = 1_203;
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp();
    const events = Array.from({ length: MANY }, () => anEvent('customer.created', { id: 'cus_1' } as never));
    await Promise.all(
      events.map((event) => get(Inbox).store(readEvent(Buffer.from(JSON.stringify(event))) as IncomingEvent)),
    );
  });
  afterAll(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });

  it('is read in pages, each event once, the newest first, and never with a payload [S16]', async () => {
    const seen: { id: string; receivedAt: Date }[] = [];
    for await (const page of get(EventLog).pages({ status: 'ignored' })) {
      expect(page.length).toBeLessThanOrEqual(500);
      for (const { event } of page) {
        expect((event as { payload?: string }).payload).toBeUndefined();
        seen.push(event);
      }
    }
    const order = seen.toSorted((a, b) => Number(b.receivedAt) - Number(a.receivedAt) || (a.id < b.id ? 1 : -1));
    expect(seen).toEqual(order);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(MANY);
    expect(await get(EventLog).count({ limit: 7 })).toBe(MANY);
  });

  it('ends at its limit, also in the midst of a page [S16]', async () => {
    for (const limit of [1, 500, 501, MANY, MANY + 1]) {
      const { events, total } = await get(EventLog).list({ limit });
      expect([events.length, total]).toEqual([Math.min(limit, MANY), MANY]);
    }
  });

  it('is replayed whole, however long it is [S16]', async () => {
    const unitOfWork = get(UnitOfWork);
    await unitOfWork.run((tx) => tx.query("UPDATE webhook_events SET status = 'dead'"));
    expect(await get(Replay).replay({ status: 'dead' })).toEqual({ replayed: MANY, ignored: 0 });
    await unitOfWork.run((tx) => tx.query("UPDATE webhook_events SET status = 'ignored'"));
    expect(await get(Replay).replay({ status: 'ignored' })).toEqual({ replayed: 0, ignored: MANY });
  });
});
