import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { anEvent, metadataOf } from '../../../test/support/mock-stripe.js';
import { openPayment } from '../../../test/support/open-payment.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import type { StripeEventType } from '../../stripe/stripe.types.js';
import { HandlerRegistry } from '../../webhook/handler-registry.js';
import { CheckoutPayments } from '../checkout/checkout-payments.service.js';

const THEN = 1_795_000_000;
const TABLES = ['payments', 'refunds', 'disputes', 'charges', 'payment_history'];
const RUNS = propertyRuns(500);
import.meta.jest.setTimeout(RUNS * 300);

/** What each kind of object looks like where nothing is missing, all about one payment. */
const objectsOf = (paymentId: string) => {
  const metadata = metadataOf(paymentId);
  const session = {
    id: 'cs_test_partial',
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    amount_subtotal: 1999,
    amount_total: 1999,
    currency: 'usd',
    created: THEN,
    client_reference_id: paymentId,
    customer_details: { email: 'partial@example.com' },
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    payment_intent: 'pi_partial',
    payment_link: null,
    metadata,
  };
  const charge = {
    id: 'ch_partial',
    object: 'charge',
    amount: 1999,
    amount_captured: 1999,
    amount_refunded: 500,
    captured: true,
    refunded: false,
    created: THEN,
    currency: 'usd',
    payment_intent: 'pi_partial',
    receipt_url: 'https://receipts.example/1',
    status: 'succeeded',
    metadata,
  };
  const intent = {
    id: 'pi_partial',
    object: 'payment_intent',
    amount: 1999,
    amount_received: 1999,
    currency: 'usd',
    status: 'succeeded',
    last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
    metadata,
  };
  const refund = {
    id: 're_partial',
    object: 'refund',
    amount: 500,
    currency: 'usd',
    created: THEN,
    payment_intent: 'pi_partial',
    charge: 'ch_partial',
    reason: 'duplicate',
    failure_reason: null,
    status: 'succeeded',
    metadata,
  };
  const dispute = {
    id: 'du_partial',
    object: 'dispute',
    amount: 700,
    currency: 'usd',
    created: THEN,
    charge: 'ch_partial',
    payment_intent: 'pi_partial',
    reason: 'fraudulent',
    status: 'needs_response',
    is_charge_refundable: false,
    evidence_details: { due_by: THEN + 1_000 },
    payment_method_details: { type: 'card', card: { case_type: 'chargeback' } },
    balance_transactions: [{ id: 'txn_1', amount: -700, net: -2200, fee: 1500, currency: 'usd', created: THEN }],
  };
  const warning = {
    id: 'issfr_partial',
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: 'ch_partial',
    payment_intent: 'pi_partial',
    fraud_type: 'misc',
    created: THEN,
  };
  return { session, charge, intent, refund, dispute, warning };
};

function objectFor(type: string, objects: ReturnType<typeof objectsOf>): object {
  if (type.startsWith('checkout.session.')) return objects.session;
  if (type.startsWith('charge.dispute.')) return objects.dispute;
  if (type.startsWith('payment_intent.')) return objects.intent;
  if (type.startsWith('radar.')) return objects.warning;
  return type.startsWith('refund.') || type === 'charge.refund.updated' ? objects.refund : objects.charge;
}

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
];
