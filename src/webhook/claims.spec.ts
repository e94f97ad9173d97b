import type { EntityManager } from 'typeorm';
import { anEvent } from '../../test/support/mock-stripe.js';
import { type TestingApp, testingApp } from '../../test/support/testing-app.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Claims, LostLeaseError } from './claims.service.js';
import { EventLog } from './event-log.service.js';
import type { WebhookEvent } from './webhook-event.entity.js';

const ANOTHER = 'another worker';
const PAST = Date.now() - 60_000;
const LEASE_MS = 8_000;

interface Row {
  type?: 'invoice.paid' | 'invoice.voided';
  payload?: (event: object) => string;
  status?: string;
  attempts?: number;
  leaseToken?: string | null;
  /** ms since 1970 */
  nextAttemptAt?: number | null;
}

describe('claims on events', () => {
  let app: TestingApp;
  let claims: Claims;
  beforeAll(async () => {
    app = await testingApp();
    claims = get(Claims);
  });
  beforeEach(() => get(UnitOfWork).run((tx) => tx.query('DELETE FROM webhook_events')));
  afterAll(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });

  /** Stores an event as it may be found, and resolves with its id. */
  async function store(row: Row = {}): Promise<string> {
    const { type = 'invoice.paid', payload = JSON.stringify, status = 'pending', attempts = 0 } = row;
    const { leaseToken = null, nextAttemptAt = PAST } = row;
    const event = anEvent(type, { id: 'in_1' } as never);
    await get(UnitOfWork).run((tx) =>
      tx.query(
        `INSERT INTO webhook_events (id, type, payload, status, attempts, lease_token, next_attempt_at, created_at, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [event.id, type, payload(event), status, attempts, leaseToken, nextAttemptAt, PAST, PAST],
      ),
    );
    return event.id;
  }

  const row = async (id: string) => (await get(EventLog).find(id))?.event as WebhookEvent;
  const idsOf = (taken: Awaited<ReturnType<Claims['take']>>) => taken.claims.map(({ event }) => event.id);
  const runUnit = (work: (tx: EntityManager) => Promise<void>) => get(UnitOfWork).run(work);

  it('are made on due events, the longest waiting first, up to the limit', async () => {
    const [second, first, third] = [
      await store({ nextAttemptAt: PAST + 1 }),
      await store(),
      await store({ nextAttemptAt: PAST + 2 }),
    ];
    const taken = await claims.take(2, []);
    expect(idsOf(taken)).toEqual([first, second]);
    expect(taken.full).toBe(true);
    expect(await claims.take(2, [])).toMatchObject({ claims: [{ event: { id: third }, attempts: 1 }], full: false });
    expect(await claims.take(2, [])).toEqual({ claims: [], full: false });
  });

  it('carry this worker’s token, count an attempt and end after the lease', async () => {
    const id = await store({ attempts: 3 });
    const before = Date.now();
    expect((await claims.take(10, [])).claims).toMatchObject([{ event: { id, type: 'invoice.paid' }, attempts: 4 }]);
    const { leaseToken, attempts, nextAttemptAt } = await row(id);
    expect([leaseToken, attempts]).toEqual([claims.token, 4]);
    expect(Number(nextAttemptAt)).toBeGreaterThanOrEqual(before + LEASE_MS);
    expect(Number(nextAttemptAt)).toBeLessThanOrEqual(Date.now() + LEASE_MS);
  });

  it('are not made on what is finished, not due yet, under another worker’s lease, or of a type that is left out', async () => {
    for (const status of ['done', 'dead', 'ignored']) await store({ status, nextAttemptAt: null });
    await store({ nextAttemptAt: Date.now() + 60_000 });
    await store({ leaseToken: ANOTHER, nextAttemptAt: Date.now() + LEASE_MS });
    const voided = await store({ type: 'invoice.voided' });
    expect(await claims.anyDue(['invoice.voided'])).toBe(false);
    expect(idsOf(await claims.take(10, ['invoice.voided']))).toEqual([]);
    expect(await claims.anyDue([])).toBe(true);
    expect(idsOf(await claims.take(10, []))).toEqual([voided]);
  });

  it('take over what another worker left when its lease has ended', async () => {
    const id = await store({ leaseToken: ANOTHER, attempts: 1 });
    expect((await claims.take(10, [])).claims).toMatchObject([{ event: { id }, attempts: 2 }]);
  });

  it('make an event dead that cannot be read, and hold up nothing else', async () => {
    const bad = [await store({ payload: () => 'not json' }), await store({ payload: () => '{"id":"evt_other"}' })];
    const other = await store({ payload: (event) => JSON.stringify({ ...event, id: 'evt_other' }) });
    const good = await store();
    const taken = await claims.take(4, []);
    expect(idsOf(taken)).toEqual([good]);
    expect(taken.full).toBe(true);
    for (const id of [...bad, other])
      expect(await row(id)).toMatchObject({
        status: 'dead',
        attempts: 0,
        nextAttemptAt: null,
        reason: expect.stringMatching(/its payload is not JSON/),
      });
  });

  it('are fresh only on their first attempt, and only where they are ours', async () => {
    const [ours, retried, theirs] = [
      await store({ leaseToken: claims.token, attempts: 1 }),
      await store({ leaseToken: claims.token, attempts: 2 }),
      await store({ leaseToken: ANOTHER, attempts: 1 }),
    ];
    expect([...(await claims.fresh([ours, retried, theirs, 'evt_unknown']))]).toEqual([ours]);
  });

  it('are given back without counting an attempt, but a first attempt stays one', async () => {
    const [first, second, theirs] = [
      await store({ leaseToken: claims.token, attempts: 1, nextAttemptAt: Date.now() + LEASE_MS }),
      await store({ leaseToken: claims.token, attempts: 2, nextAttemptAt: Date.now() + LEASE_MS }),
      await store({ leaseToken: ANOTHER, attempts: 2, nextAttemptAt: Date.now() + LEASE_MS }),
    ];
    await claims.giveBack([first, second, theirs]);
    expect(await row(first)).toMatchObject({ leaseToken: null, attempts: 1 });
    expect(await row(second)).toMatchObject({ leaseToken: null, attempts: 1 });
    expect(await row(theirs)).toMatchObject({ leaseToken: ANOTHER, attempts: 2 });
    expect(idsOf(await claims.take(10, [])).toSorted()).toEqual([first, second].toSorted());
  });

  it('are renewed for a whole lease, only where they still hold', async () => {
    const ours = await store({ leaseToken: claims.token, attempts: 1 });
    const theirs = await store({ leaseToken: ANOTHER, attempts: 1 });
    await claims.renew([ours, theirs]);
    expect(Number((await row(ours)).nextAttemptAt)).toBeGreaterThan(Date.now() + LEASE_MS / 2);
    expect(Number((await row(theirs)).nextAttemptAt)).toBe(PAST);
  });

  it.each<[string, (id: string, tx: EntityManager) => Promise<void>]>([
    ['one event', (id, tx) => claims.assertHeld(tx, id)],
    ['many events', (id, tx) => claims.complete(tx, [id])],
  ])('that were lost undo the transaction of %s', async (_, fence) => {
    const [lost, other] = [await store({ leaseToken: ANOTHER, attempts: 1 }), await store()];
    const work = (id: string) =>
      runUnit(async (tx) => {
        await tx.query('UPDATE webhook_events SET reason = $1 WHERE id = $2', ['half-way', other]);
        await fence(id, tx);
      });
    await expect(work(lost)).rejects.toThrow(LostLeaseError);
    expect((await row(other)).reason).toBeNull();
    await work(await store({ leaseToken: claims.token, attempts: 1 }));
    expect((await row(other)).reason).toBe('half-way');
  });

  it('that are completed together are done, all or none', async () => {
    const [first, second, lost] = [
      await store({ leaseToken: claims.token, attempts: 1 }),
      await store({ leaseToken: claims.token, attempts: 1 }),
      await store({ leaseToken: ANOTHER, attempts: 1 }),
    ];
    await expect(runUnit((tx) => claims.complete(tx, [first, second, lost]))).rejects.toThrow(LostLeaseError);
    expect((await row(first)).status).toBe('pending');
    await runUnit((tx) => claims.complete(tx, [first, second]));
    for (const id of [first, second])
      expect(await row(id)).toMatchObject({ status: 'done', leaseToken: null, nextAttemptAt: null });
  });

  it('of an earlier process fall due at once when the app starts, on SQLite', async () => {
    const left = await store({ leaseToken: ANOTHER, attempts: 1, nextAttemptAt: Date.now() + LEASE_MS });
    const waiting = await store({ attempts: 1, nextAttemptAt: Date.now() + 60_000 });
    await claims.releaseAll();
    expect(idsOf(await claims.take(10, []))).toEqual([left]);
    expect((await row(waiting)).leaseToken).toBeNull();
  });
});
