import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { PreparedQueryRunner } from '../../database/typeorm/prepared-query-runner.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { PAGE_SIZE, PaymentReader } from './payment-reader.service.js';
import { readCursor } from './payment.summary.js';

describe("a customer's payments", () => {
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp();
  });
  afterAll(() => app.close());

  /** Payments of one moment each three, with a refund and a dispute each. */
  const add = (userId: string, count: number) =>
    app.module.get(UnitOfWork).run(async (tx) => {
      for (let nth = 0; nth < count; nth++) {
        const [id, intent, at] = [randomUUID(), `pi_${randomUUID()}`, 1_795_000_000_000 + Math.floor(nth / 3)];
        await tx.query(
          `INSERT INTO payments (id, user_id, email, description, price_key, amount, currency, payment_intent_id, settled_at, status, created_at)
           VALUES ($1, $2, 'x@example.com', 'A thing', 'thing', 1999, 'usd', $3, $4, 'paid', $5)`,
          [id, userId, intent, at, at],
        );
        await tx.query(
          `INSERT INTO refunds (id, payment_id, payment_intent_id, amount, status, created_at) VALUES ($1, $2, $3, 5, 'succeeded', $4)`,
          [randomUUID(), id, intent, at],
        );
        await tx.query(
          `INSERT INTO disputes (id, payment_id, payment_intent_id, amount, currency, reason, status, status_at, created_at)
           VALUES ($1, $2, $3, 5, 'usd', 'fraudulent', 'won', $4, $5)`,
          [randomUUID(), id, intent, at, at],
        );
      }
    });
  const reader = () => app.module.get(PaymentReader, { strict: false });
  const queriesOf = async (work: () => Promise<unknown>): Promise<number> => {
    const query = jest.spyOn(PreparedQueryRunner.prototype, 'query');
    await work();
    const { length } = query.mock.calls;
    query.mockRestore();
    return length;
  };

  it('are read with as many queries when they fill a page as when there is one', async () => {
    await add('few', 1);
    await add('many', 3 * PAGE_SIZE);
    const few = await queriesOf(() => reader().page('few'));
    expect(few).toBeGreaterThan(0);
    expect(await queriesOf(() => reader().page('many'))).toBe(few);
    const { next } = await reader().page('many');
    expect(await queriesOf(() => reader().page('many', readCursor(next ?? '')))).toBe(few);
  });

  it('come page by page, newest first, none twice and none left out, also of one moment', async () => {
    await add('jenny', 2 * PAGE_SIZE + 7);
    await add('somebody-else', 5);
    const seen: { id: string; createdAt: Date }[] = [];
    for (let after: string | undefined, more = true; more;) {
      const { payments, next } = await reader().page('jenny', after === undefined ? undefined : readCursor(after));
      seen.push(...payments);
      [after, more] = [next, next !== undefined];
    }
    expect(seen).toHaveLength(2 * PAGE_SIZE + 7);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    const sorted = seen.toSorted((a, b) => +b.createdAt - +a.createdAt || (a.id < b.id ? 1 : -1));
    expect(seen).toEqual(sorted);
  });
});
