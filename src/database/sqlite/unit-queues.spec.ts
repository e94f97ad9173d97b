import fc from 'fast-check';
import type { UnitQueue } from '../unit-of-work.js';
import { LARGEST_GROUP, UnitQueues } from './sqlite-unit-of-work.js';

interface Unit {
  queue: UnitQueue;
  id: number;
}

/** What is asked for between two commits: so many units of each queue. */
const arrivals = fc.array(fc.record({ intake: fc.nat(200), handling: fc.nat(200) }), { minLength: 1, maxLength: 30 });
describe('the queues of the writing connection', () => {
  let nextId = 0;
  const add = (queues: UnitQueues<Unit>, queue: UnitQueue, count: number) => {
    for (let nth = 0; nth < count; nth++) queues.add({ queue, id: ++nextId });
  };
  const count = (units: readonly Unit[], queue: UnitQueue) => units.filter((unit) => unit.queue === queue).length;

  it('give intake the first commit', () => {
    const queues = new UnitQueues<Unit>();
    add(queues, 'handling', 3);
    add(queues, 'intake', 1);
    expect(queues.next().map(({ queue }) => queue)).toEqual(['intake']);
  });

  it('give handling a quarter of the units while both wait, and never more than one commit late', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 20, maxLength: 200 }), (intake) => {
        const queues = new UnitQueues<Unit>();
        let wentFirst = 0;
        add(queues, 'handling', 20_000);
        for (const units of intake) {
          add(queues, 'intake', units);
          const written = queues.next();
          wentFirst += count(written, 'intake') - 3 * count(written, 'handling');
          expect(wentFirst).toBeGreaterThanOrEqual(0);
          expect(wentFirst).toBeLessThan(LARGEST_GROUP + 3);
        }
      }),
    );
  });

  it('let intake wait for one commit of handling at most, where handling asks for one unit after another', () => {
    const queues = new UnitQueues<Unit>();
    const turns: UnitQueue[] = [];
    for (let commit = 0; commit < 100; commit++) {
      add(queues, 'intake', 100);
      if (!queues.has('handling')) add(queues, 'handling', 1);
      turns.push(queues.next()[0]?.queue ?? 'intake');
    }
    expect(turns.join()).not.toContain('handling,handling');
  });

  it('give either everything while the other has nothing to write, and keep nothing of it for later', () => {
    for (const [busy, other] of [
      ['intake', 'handling'],
      ['handling', 'intake'],
    ] as const) {
      const queues = new UnitQueues<Unit>();
      add(queues, busy, 300);
      expect([queues.next(), queues.next(), queues.next()].map(({ length }) => length)).toEqual([128, 128, 44]);
      add(queues, busy, 2);
      add(queues, other, 2);
      expect(queues.next().map(({ queue }) => queue)).toEqual(['intake', 'intake']);
    }
  });

  it('lose nothing, keep the order of each, and put no two into one commit', () => {
    fc.assert(
      fc.property(arrivals, (commits) => {
        const queues = new UnitQueues<Unit>();
        const written: Unit[] = [];
        const asked = nextId;
        for (const { intake, handling } of commits) {
          add(queues, 'intake', intake);
          add(queues, 'handling', handling);
          writeNext(queues, written);
        }
        while (queues.has('intake') || queues.has('handling')) writeNext(queues, written);
        expect(written).toHaveLength(nextId - asked);
        for (const queue of ['intake', 'handling'] as const) {
          const ids = written.filter((unit) => unit.queue === queue).map(({ id }) => id);
          expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  function writeNext(queues: UnitQueues<Unit>, written: Unit[]): void {
    const waits = queues.has('intake') || queues.has('handling');
    const units = queues.next();
    expect(units.length).toBeLessThanOrEqual(LARGEST_GROUP);
    expect(units.length > 0).toBe(waits);
    expect(new Set(units.map(({ queue }) => queue)).size).toBeLessThanOrEqual(1);
    written.push(...units);
  }
});
