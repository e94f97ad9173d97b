import { jest } from '@jest/globals';
import { anEvent } from '../../test/support/mock-stripe.js';
import { type TestingApp, testingApp } from '../../test/support/testing-app.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { StripeEventType } from '../stripe/stripe.types.js';
import { Claims } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { EventLog } from './event-log.service.js';
import { Inbox } from './inbox.service.js';
import { type IncomingEvent, readEvent } from './incoming-event.js';

describe('events that arrive together', () => {
  let app: TestingApp;
  beforeAll(async () => (app = await testingApp()));
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const incoming = (type: StripeEventType): IncomingEvent => {
    const body = Buffer.from(JSON.stringify({ ...anEvent(type, { id: 'x_1' } as never), note: 'é'.repeat(5) }));
    return readEvent(body) as IncomingEvent;
  };
  const stored = async ({ id }: IncomingEvent) => (await get(EventLog).find(id))?.event;

  it('are stored by one statement, whether they are claimed, due, ignored or there already', async () => {
    const [known, claimed, due] = [0, 1, 2].map(() => incoming('checkout.session.completed'));
    const ignored = incoming('invoice.overdue');
    if (!known || !claimed || !due) throw new Error('unreachable');
    await get(Inbox).store(known);

    const slots = [known, claimed];
    jest.spyOn(get(Dispatcher), 'slotReserver').mockReturnValue(() => slots.pop() !== undefined);
    const handOver = jest.spyOn(get(Dispatcher), 'handOver');
    const statements = jest.spyOn(get(UnitOfWork), 'runStatement');
    const alone = get(Inbox).store(incoming('invoice.overdue')); // the others wait for its commit
    await Promise.all([alone, ...[known, claimed, due, ignored].map((event) => get(Inbox).store(event))]);

    expect(statements).toHaveBeenCalledTimes(2);
    expect(handOver.mock.lastCall).toEqual([[{ event: claimed.content, attempts: 1 }]]);
    const { token } = get(Claims);
    const pending = { status: 'pending', reason: null };
    expect(await stored(known)).toMatchObject({ ...pending, attempts: 0, leaseToken: null });
    expect(await stored(claimed)).toMatchObject({ ...pending, attempts: 1, leaseToken: token });
    expect(await stored(due)).toMatchObject({ ...pending, attempts: 0, leaseToken: null });
    expect(await stored(ignored)).toMatchObject({
      status: 'ignored',
      reason: 'no handler for invoice.overdue',
      attempts: 0,
      nextAttemptAt: null,
    });
    const leaseLeft = Number((await stored(claimed))?.nextAttemptAt) - Number((await stored(due))?.nextAttemptAt);
    expect(leaseLeft).toBeGreaterThan(7_000);
    expect(leaseLeft).toBeLessThanOrEqual(9_000);
  });
});
