import { DataSource, Equal, In, type EntityManager, type EntityTarget, LessThan, Not } from 'typeorm';
import { openPayment } from '../../test/support/open-payment.js';
import { testingApp, type TestingApp } from '../../test/support/testing-app.js';
import { Payment } from '../payments/store/payment.entity.js';
import { CheckoutPayments } from '../payments/checkout/checkout-payments.service.js';
import { NoConditionError, Table } from './table.js';
import { UnitOfWork } from './unit-of-work.js';

const payments = new Table(Payment);
const entity: EntityTarget<Payment> = Payment;
/** What is missing from an event, whatever its type says. */
const none = undefined as unknown as string;
const nothing = null as unknown as string;

describe('a condition of which the value is missing', () => {
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp();
    const order = { description: 'A thing', priceKey: 'thing', amount: 1999, currency: 'usd' };
    const checkouts = app.module.get(CheckoutPayments, { strict: false });
    for (const userId of ['jenny', 'rosen'])
      await openPayment(checkouts, { ...order, userId, email: `${userId}@example.com` });
  });
  afterAll(() => app.close());

  const inUnit = <T>(work: (tx: EntityManager) => Promise<T>) => app.module.get(UnitOfWork).run(work);
  const rows = () => app.module.get(DataSource).getRepository(entity).count();

  it.each<[string, (tx: EntityManager) => Promise<unknown>]>([
    ['find', (tx) => payments.find(tx, { userId: none })],
    ['find, with null', (tx) => payments.find(tx, { userId: nothing })],
    ['find, beside a good one', (tx) => payments.find(tx, { id: 'x', userId: none })],
    ['find, without any', (tx) => payments.find(tx, {})],
    ['findOne', (tx) => payments.findOne(tx, { userId: none })],
    ['findToChange', (tx) => payments.findToChange(tx, { userId: none })],
    ['update', (tx) => payments.update(tx, { userId: none }, { email: 'x' })],
    ['update, without any', (tx) => payments.update(tx, {}, { email: 'x' })],
  ])("is refused by Table's %s, and changes nothing [B3]", async (_what, work) => {
    await expect(inUnit(work)).rejects.toThrow(NoConditionError);
    expect(await rows()).toBe(2);
  });

  it.each<[string, (tx: EntityManager) => Promise<unknown>]>([
    ['findBy', (tx) => tx.findBy(entity, { userId: none })],
    ['findBy, with null', (tx) => tx.findBy(entity, { userId: nothing })],
    ['findBy, beside a good one', (tx) => tx.findBy(entity, { id: 'x', userId: none })],
    ['findBy, one of several', (tx) => tx.findBy(entity, [{ id: 'x' }, { userId: none }])],
    ['findOneBy', (tx) => tx.findOneBy(entity, { userId: none })],
    ['find', (tx) => tx.find(entity, { where: { userId: none } })],
    ['findOne', (tx) => tx.findOne(entity, { where: { userId: nothing } })],
    ['findAndCount', (tx) => tx.findAndCount(entity, { where: { userId: none } })],
    ['countBy', (tx) => tx.countBy(entity, { userId: none })],
    ['existsBy', (tx) => tx.existsBy(entity, { userId: none })],
    ['update', (tx) => tx.update(entity, { userId: none }, { email: 'x' })],
    ['update, with null', (tx) => tx.update(entity, { userId: nothing }, { email: 'x' })],
    ['update, without any', (tx) => tx.update(entity, {}, { email: 'x' })],
    ['delete', (tx) => tx.delete(entity, { userId: none })],
    ['delete, with null', (tx) => tx.delete(entity, { userId: nothing })],
    ['delete, beside a good one', (tx) => tx.delete(entity, { id: 'x', userId: none })],
    ['delete, of no id', (tx) => tx.delete(entity, none)],
  ])("is refused by TypeORM's %s, and changes nothing [B3]", async (_what, work) => {
    await expect(inUnit(work)).rejects.toThrow();
    expect(await rows()).toBe(2);
  });

  it.each<[string, (tx: EntityManager) => Promise<unknown[]>]>([
    ['an empty list, in Table', (tx) => payments.find(tx, { userId: [] })],
    ['a list of it, in Table', (tx) => payments.find(tx, { userId: [none, nothing] })],
    ['an empty list, in TypeORM', (tx) => tx.findBy(entity, { userId: In([]) })],
    ['a list of it, in TypeORM', (tx) => tx.findBy(entity, { userId: In([none, nothing]) })],
    ['equality, in TypeORM', (tx) => tx.findBy(entity, { userId: Equal(nothing) })],
    ['a query builder of TypeORM', (tx) => tx.createQueryBuilder(entity, 'p').where({ userId: none }).getMany()],
    ['an order, in TypeORM', (tx) => tx.findBy(entity, { userId: LessThan(none) })],
    ['what it is not, in TypeORM', (tx) => tx.findBy(entity, { userId: Not(none) })],
  ])('finds nobody in %s [B3]', async (_what, work) => {
    expect(await inUnit(work).catch(() => [])).toEqual([]);
  });
});
