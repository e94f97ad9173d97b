import type { Claim } from './claims.service.js';
import { InFlightEvents } from './in-flight-events.js';

let count = 0;
const aClaim = (type = 'invoice.paid'): Claim => ({ event: { id: `evt_${++count}`, type }, attempts: 1 }) as Claim;

/** A promise that the test resolves. */
function handling() {
  let end: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { promise, end };
}

describe('the events in flight', () => {
  let events: InFlightEvents;
  beforeEach(() => (events = new InFlightEvents()));

  const running = (type: string, number: number) =>
    Array.from({ length: number }, () => {
      const [claim, { promise, end }] = [aClaim(type), handling()];
      events.add(claim);
      return { claim, tracked: events.track(claim, promise), end };
    });

  it('hold an event once, until it is removed', () => {
    const claim = aClaim();
    expect(events.add(claim)).toBe(true);
    expect(events.add({ ...claim, attempts: 2 })).toBe(false);
    expect(events.ids).toEqual([claim.event.id]);
    events.remove([claim]);
    expect(events.size).toBe(0);
    expect(events.add(claim)).toBe(true);
  });

  it('wait for a batch in their order, and stay in flight while the batch is handled', () => {
    const claims = Array.from({ length: 5 }, () => aClaim());
    for (const claim of claims) {
      events.add(claim);
      events.enqueue(claim);
    }
    expect([events.batchCapacity, events.hasWaiting]).toEqual([995, true]);
    expect(events.nextBatch(3)).toEqual(claims.slice(0, 3));
    expect(events.nextBatch(3)).toEqual(claims.slice(3));
    expect([events.batchCapacity, events.hasWaiting, events.size]).toEqual([1_000, false, 5]);
    events.remove(claims);
    expect(events.size).toBe(0);
  });

  it('run on their own up to 32 of a type, whatever runs of another', async () => {
    const slow = running('invoice.paid', 32);
    running('invoice.voided', 2);
    expect(events.capacityFor('invoice.paid')).toBe(0);
    expect(events.capacityFor('invoice.voided')).toBe(30);
    expect(events.capacityFor('invoice.sent')).toBe(32);
    expect(events.fullTypes).toEqual(['invoice.paid']);
    expect(events.smallestCapacity).toBe(30);

    slow[0]?.end();
    expect(await slow[0]?.tracked).toBe(true); // it was full: more of its type may be due
    expect(events.fullTypes).toEqual([]);
    expect(events.smallestCapacity).toBe(1);
    slow[1]?.end();
    expect(await slow[1]?.tracked).toBe(false);
  });

  it('are removed when they have ended, and a type without any has its whole capacity', async () => {
    const [one] = running('invoice.paid', 1);
    one?.end();
    await one?.tracked;
    expect([events.size, events.capacityFor('invoice.paid'), events.smallestCapacity]).toEqual([0, 32, Infinity]);
  });

  it('have settled when all that run on their own have ended', async () => {
    const [first, second] = running('invoice.paid', 2);
    let settled = false;
    const waiting = events.settled().then(() => (settled = true));
    first?.end();
    await first?.tracked;
    expect(settled).toBe(false);
    second?.end();
    await waiting;
    expect(settled).toBe(true);
  });
});
