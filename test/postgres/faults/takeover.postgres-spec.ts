import { anInvoiceEvent, type SentEvent } from '../../faults/support/events.js';
import { eventually } from '../../support/eventually.js';
import { Instances } from '../support/instances.js';

/** The longest that an event waits for another instance, ms. How soon a busy machine then handles it is not tested. */
const LONGEST_LEASE_MS = 8_000;
const PATIENCE_MS = 60_000;

describe('an instance that was handling an event', () => {
  let event: SentEvent;
  let instances: Instances;
  beforeAll(async () => {
    instances = await Instances.create(2);
    await instances.start();
  });
  beforeEach(async () => {
    for (const instance of instances.all) {
      if (instance.isRunning) instance.setSwitches({ release: false });
      else await instance.start();
    }
    event = anInvoiceEvent('invoice.sent');
    await instances.first.sender.send(event);
    await instances.first.hasReported(`began ${event.id}`);
  });
  afterAll(() => instances.remove());

  const othersBegin = async () => {
    expect((await leaseEnd()) - Date.now()).toBeLessThanOrEqual(LONGEST_LEASE_MS);
    const isTaken = async () => (await instances.events.find(event.id))?.attempts === 2;
    await eventually('the other one has begun', isTaken, PATIENCE_MS);
  };
  const othersFinish = async () => {
    instances.second.setSwitches({ release: true });
    await instances.events.is(event.id, 'done');
  };
  const isDoneOnce = async () => {
    expect(await instances.events.effectsOf(event.id)).toEqual(['Slow']);
    expect(await instances.events.runsOf(event.id)).toEqual({ Slow: ['done', 1] });
    expect(await instances.events.find(event.id)).toMatchObject({ status: 'done', lease_token: null, attempts: 2 });
  };

  it('and is killed: another one takes the event over when its lease is over, after 8 s at most', async () => {
    await instances.first.end('SIGKILL');
    await othersBegin();
    await othersFinish();
    await isDoneOnce();
  });

  it('and is frozen past its lease: it changes nothing when it wakes', async () => {
    instances.first.freeze();
    await othersBegin();
    await othersFinish();
    instances.first.setSwitches({ release: true });
    instances.first.thaw();
    expect(await instances.first.end('SIGTERM')).toBe(0); // in order, when its handler is through
    await isDoneOnce();
  });

  it('and is frozen past its lease: it changes nothing either when it wakes before the other one is done', async () => {
    instances.first.freeze();
    await othersBegin();
    instances.first.setSwitches({ release: true });
    instances.first.thaw();
    expect(await instances.first.end('SIGTERM')).toBe(0);
    expect(await instances.events.effectsOf(event.id)).toEqual([]);
    expect(await instances.events.find(event.id)).toMatchObject({ status: 'pending', attempts: 2 });
    await othersFinish();
    await isDoneOnce();
  });

  it('and goes on: it extends its lease, and the other instance does not take the event', async () => {
    const first = await leaseEnd();
    await eventually('the lease it had at first is over', () => Date.now() > first + 1_500, 15_000);
    expect(await instances.events.find(event.id)).toMatchObject({ status: 'pending', attempts: 1 });
    expect(await leaseEnd()).toBeGreaterThan(Date.now());
  });

  const leaseEnd = async () => (await instances.events.find(event.id))?.next_attempt_at ?? 0;
});
