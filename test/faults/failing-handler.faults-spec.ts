import { useAppProcess } from '../support/app-process.js';
import { anInvoiceEvent } from './support/events.js';
import { eventually } from '../support/eventually.js';

/** Over about three days; here, each is made due at once. */
const ATTEMPTS = 15;
/** The attempts after this one are written down as made, up to the last but one; `npm run test:faults` makes them all. */
const SKIP_AFTER = process.env.CYCLES ? ATTEMPTS : 2;

interface EventList {
  events: { id: string; status: string; runs: { handler: string; status: string; attempts: number }[] }[];
}

describe('a handler that fails', () => {
  const app = useAppProcess((process) => process.start({}, { broken: true }), { forEachTest: true });

  const attempted = (id: string, times: number) =>
    eventually(`Fragile has failed ${times} times`, async () => (await app.events.runsOf(id)).Fragile?.[1] === times);

  it('half-way leaves nothing behind, also when the app is killed, and is tried again once it is repaired', async () => {
    const event = anInvoiceEvent('invoice.overdue');
    await app.sender.send(event);
    await eventually('both handlers ran', async () => Object.keys(await app.events.runsOf(event.id)).length === 2);
    expect(await app.events.runsOf(event.id)).toEqual({ Sturdy: ['done', 1], Fragile: ['pending', 1] });
    await app.end('SIGKILL');
    await app.start({}, { broken: false });
    expect(await app.events.effectsOf(event.id)).toEqual(['Sturdy']);

    await app.events.makeDue(event.id);
    await app.events.is(event.id, 'done');
    expect(await app.events.effectsOf(event.id)).toEqual(['Fragile', 'Sturdy']);
    expect(await app.events.runsOf(event.id)).toEqual({ Sturdy: ['done', 1], Fragile: ['done', 2] });
  });

  it('each time is dead after its attempts while all others flow, and is done when it is replayed repaired', async () => {
    const event = anInvoiceEvent('invoice.overdue');
    await app.sender.send(event);
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      await attempted(event.id, attempt);
      if (attempt === SKIP_AFTER) await app.events.setAttempts(event.id, 'Fragile', (attempt = ATTEMPTS - 2));
      await app.events.makeDue(event.id);
      const other = anInvoiceEvent();
      expect((await app.sender.send(other)).status).toBe(200);
      await app.events.is(other.id, 'done');
    }
    await app.events.is(event.id, 'dead');

    const { events } = await app.cli<EventList>('events', 'list', '--status', 'dead');
    expect(events).toMatchObject([
      {
        id: event.id,
        status: 'dead',
        runs: [
          { handler: 'Fragile', status: 'dead', attempts: ATTEMPTS, lastError: 'half-way' },
          { handler: 'Sturdy', status: 'done', attempts: 1 },
        ],
      },
    ]);
    expect(await app.events.effectsOf(event.id)).toEqual(['Sturdy']);

    app.setSwitches({ broken: false });
    expect(await app.cli('events', 'replay', event.id)).toMatchObject({ replayed: 1 });
    await app.events.is(event.id, 'done');
    expect(await app.events.effectsOf(event.id)).toEqual(['Fragile', 'Sturdy']);
  });
});
