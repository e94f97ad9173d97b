import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { anEvent } from '../../../test/support/mock-stripe.js';
import { openPayment } from '../../../test/support/open-payment.js';
import { objectFor, objectsOf } from '../../../test/support/partial-objects.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import type { StripeEventType } from '../../stripe/stripe.types.js';
import { HandlerRegistry } from '../../webhook/handler-registry.js';
import { CheckoutPayments } from '../checkout/checkout-payments.service.js';

const TABLES = ['payments', 'refunds', 'disputes', 'charges', 'payment_history'];
const RUNS = propertyRuns(500);
import.meta.jest.setTimeout(RUNS * 300);

/** Every way to a part of an object, itself left out. */
const pathsOf = (value: unknown, before: readonly string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, part]) => [[...before, name], ...pathsOf(part, [...before, name])])
    : [];

type Fault = 'left out' | null | {} | [];

/** The object without one of its parts, or with something else in its place. */
function withFault(value: unknown, [name = '', ...rest]: readonly string[], fault: Fault): unknown {
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...(value as object) };
  const parts = copy as Record<string, unknown>;
  if (rest.length > 0) parts[name] = withFault(parts[name], rest, fault);
  else if (fault === 'left out') delete parts[name];
  else parts[name] = fault;
  return copy;
}

describe('an event with any part missing, null, or empty [B3, Build 2]', () => {
  let app: TestingApp;
  let types: string[];
  let objects: ReturnType<typeof objectsOf>;
  beforeAll(async () => {
    app = await testingApp();
    const registry = app.module.get(HandlerRegistry, { strict: false });
    types = HANDLED.filter((type) => registry.handlersFor(type).length > 0);
    const checkouts = app.module.get(CheckoutPayments, { strict: false });
    const purchase = {
      email: 'jenny@example.com',
      description: 'A thing',
      priceKey: 'thing',
      amount: 1999,
      currency: 'usd',
    };
    objects = objectsOf(await openPayment(checkouts, { ...purchase, userId: 'jenny' }));
    // Somebody else's, with all that an event could change by mistake.
    const { session, refund, dispute, charge } = objectsOf(
      await openPayment(checkouts, { ...purchase, userId: 'bystander' }),
    );
    const other = { payment_intent: 'pi_bystander' };
    await happens('checkout.session.completed', { ...session, ...other, id: 'cs_test_bystander' });
    await happens('charge.refunded', { ...charge, ...other, id: 'ch_bystander' });
    await happens('refund.created', { ...refund, ...other, id: 're_bystander' });
    await happens('charge.dispute.created', { ...dispute, ...other, id: 'du_bystander' });
  });
  afterAll(() => app.close());

  const happens = (type: string, object: unknown) => app.handle(anEvent(type as StripeEventType, object as never));
  const bystander = async () => {
    const reading = app.module.get(DataSource);
    const rows = TABLES.map((table) => reading.query(`SELECT * FROM ${table}`) as Promise<object[]>);
    const all = (await Promise.all(rows)).flat();
    const [{ id = '' } = {}] = all.filter((row) => Object.values(row).includes('bystander')) as { id?: string }[];
    return all.filter((row) => Object.values(row).some((value) => [id, 'pi_bystander'].includes(value as string)));
  };

  it('makes no handler throw, and changes nothing of another payment', async () => {
    const before = await bystander();
    expect(before.length).toBeGreaterThanOrEqual(6);
    const faults = fc.constantFrom<Fault>('left out', null, {}, []);
    const order = fc.record({ type: fc.constantFrom(...types), part: fc.nat(), fault: faults });
    await fc.assert(
      fc.asyncProperty(order, async ({ type, part, fault }) => {
        const whole = objectFor(type, objects);
        const paths = pathsOf(whole);
        const path = paths[part % paths.length] ?? [];
        await happens(type, withFault(whole, path, fault));
      }),
      { numRuns: RUNS },
    );
    expect(await bystander()).toEqual(before);
  });

  it('makes no handler throw where its object is empty', async () => {
    const before = await bystander();
    for (const type of types) await happens(type, {});
    expect(await bystander()).toEqual(before);
  });

  it('is tried for every type that the app handles', () => {
    const registry = app.module.get(HandlerRegistry, { strict: false });
    expect(registry.types().toSorted()).toEqual([...types].toSorted());
  });
});

const HANDLED: StripeEventType[] = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'charge.succeeded',
  'charge.captured',
  'charge.expired',
  'charge.refunded',
  'charge.refund.updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
  'customer.updated',
  'customer.deleted',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'customer.subscription.pending_update_applied',
  'customer.subscription.pending_update_expired',
  'customer.subscription.trial_will_end',
  'invoice.created',
  'invoice.updated',
  'invoice.finalized',
  'invoice.finalization_failed',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.voided',
  'invoice.marked_uncollectible',
  'invoice.deleted',
  'invoice_payment.paid',
];
