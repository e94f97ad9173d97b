import { useAppProcess } from '../support/app-process.js';
import { auditEvents } from './support/event-audit.js';
import { anInvoiceEvent } from './support/events.js';

/**
 * Events that were taken and not handled yet. Those whose result could not be stored wait for the end of their lease, so
 * they are left to `npm run test:faults`.
 */
const BACKLOG = process.env.CYCLES ? 30 : 0;

describe('a database file that another process has locked', () => {
  const app = useAppProcess((process) => process.start());

  it('is answered 503, stops nothing else, and is used again by itself', async () => {
    const backlog = Array.from({ length: BACKLOG }, () => anInvoiceEvent());
    for (const { status } of await Promise.all(backlog.map((event) => app.sender.send(event))))
      expect(status).toBe(200);
    const lock = await app.database.hold();
    const refused = anInvoiceEvent();
    const answer = app.sender.send(refused);
    expect(await signsOfLifeBefore(answer)).toBeGreaterThan(10);
    expect((await answer).status).toBe(503);
    await lock.release();

    expect(await app.events.find(refused.id)).toBeUndefined();
    expect((await app.sender.send(refused)).status).toBe(200);
    await app.events.drained();
    const all = new Set([...backlog, refused].map(({ id }) => id));
    expect(await auditEvents(app.database, all)).toEqual({ stored: all.size, lost: [], doubled: [] });
  });

  /** How often `/health/live` is answered 200 while it is requested again and again. */
  async function signsOfLifeBefore(answer: Promise<unknown>): Promise<number> {
    const answered = answer.then(() => 'answered' as const);
    for (let signs = 0; ; signs++) {
      const first = await Promise.race([answered, app.answers('/health/live')]);
      if (first === 'answered') return signs;
      expect(first).toBe(true);
    }
  }
});
