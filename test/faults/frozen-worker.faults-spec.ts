import { eventually } from '../support/eventually.js';
import { useAppProcess } from '../support/app-process.js';
import { anInvoiceEvent, type SentEvent } from './support/events.js';

const ANOTHER_WORKER = 'lease-of-another-worker';

/**
 * On SQLite one process serves a file, so the worker that takes over is played by the test: it writes what a claim and
 * a completed handler write.
 */
describe('a worker that is frozen until its lease has ended', () => {
  const app = useAppProcess(undefined, { forEachTest: true });
  let event: SentEvent;
  beforeEach(async () => {
    await app.start();
    event = anInvoiceEvent('invoice.sent');
    await app.sender.send(event);
    await app.hasReported(`began ${event.id}`);
    await eventually('it froze without the write lock', freezeAndTakeOver);
  });

  it('changes nothing when it wakes while another one has the event', async () => {
    await wakeAndFinish();
    expect(await app.events.find(event.id)).toMatchObject({
      status: 'pending',
      lease_token: ANOTHER_WORKER,
      attempts: 2,
    });
    expect(await app.events.runsOf(event.id)).toEqual({});
    expect(await app.events.effectsOf(event.id)).toEqual([]);
  });

  it('changes nothing when it wakes after another one is done', async () => {
    await app.database.write(
      ["INSERT INTO effects (event_id, handler) VALUES (?, 'Slow')", event.id],
      [
        "INSERT INTO webhook_handler_runs (event_id, handler, status, attempts) VALUES (?, 'Slow', 'done', 1)",
        event.id,
      ],
      ["UPDATE webhook_events SET status = 'done', next_attempt_at = NULL, lease_token = NULL WHERE id = ?", event.id],
    );
    await wakeAndFinish();
    expect(await app.events.find(event.id)).toMatchObject({ status: 'done', lease_token: null, attempts: 2 });
    expect(await app.events.runsOf(event.id)).toEqual({ Slow: ['done', 1] });
    expect(await app.events.effectsOf(event.id)).toEqual(['Slow']);
  });

  /** False where the process stopped in the middle of a transaction: then it goes on for a moment. */
  async function freezeAndTakeOver(): Promise<boolean> {
    app.freeze();
    const sql =
      'UPDATE webhook_events SET lease_token = ?, next_attempt_at = ?, attempts = attempts + 1 WHERE id = ? AND lease_token IS NOT NULL';
    const taken = await app.database
      .write([sql, ANOTHER_WORKER, Date.now() + 60_000, event.id])
      .catch((error: { code?: string }) => {
        if (error.code !== 'SQLITE_BUSY') throw error;
        app.thaw();
      });
    if (taken) expect(taken).toEqual([1]);
    return taken !== undefined;
  }

  /** The process ends in order only when the handler is through, and what it made of the event is stored or not. */
  async function wakeAndFinish(): Promise<void> {
    app.setSwitches({ release: true });
    app.thaw();
    expect(await app.end('SIGTERM')).toBe(0);
  }
});
