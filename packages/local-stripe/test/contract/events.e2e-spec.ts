import Stripe from 'stripe';
import { startSandbox, type RunningSandbox } from '../../src/index.js';
import { call } from './client.js';
import { compareShape } from './compare.js';
import { billed, COURSES, invoiceOnce, setUp, subscribe } from './event-courses.js';
import { reasonFor } from './on-purpose.js';
import { recordedEvents, type RecordedEvent, typesOf } from './recorded-events.js';
import { shapes } from './recordings.js';

const recorded = recordedEvents();
const describeHere = recorded.length > 0 ? describe : describe.skip;

/** Fields of older versions that the newest has no more. */
const OLDER = new Set(['payment_intent', 'default_currency', 'default_source', 'rendering.pdf.page_size']);

describeHere('the recorded events of the real API, brought about here', () => {
  let sandbox: RunningSandbox;
  let stripe: Stripe;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, stateFile: ':memory:', log: () => undefined });
    stripe = new Stripe('sk_test_contract', { host: 'localhost', port: sandbox.port, protocol: 'http' });
  });
  afterAll(() => sandbox.close());

  /** All events that this causes, the oldest first. */
  const happening = async (course: () => Promise<unknown>): Promise<Stripe.Event[]> => {
    const [last] = (await stripe.events.list({ limit: 1 })).data;
    await course();
    const after = await stripe.events.list({ limit: 100, ...(last && { ending_before: last.id }) });
    return after.data.toReversed();
  };
  const order = (events: Stripe.Event[], among: readonly string[]): string[] =>
    events.map(({ type }) => type).filter((type) => among.includes(type));
  const lineOf = (id: string) => {
    const line = recorded.find((each) => each.id === id);
    if (!line) throw new Error(`${id} is not recorded`);
    return line;
  };

  it('a one-off invoice has its events in the recorded order', async () => {
    const types = ['customer.updated', 'invoiceitem.created', 'invoice.created', 'invoice.finalized'];
    const all = [...types, 'payment_intent.created', 'payment_intent.succeeded'];
    const events = await happening(() => invoiceOnce(stripe));
    // The customer's default method and currency are set before; the recording shows the last of the two.
    const firstUpdate = events.findIndex(({ type }) => type === 'invoiceitem.created') - 1;
    expect(order(events.slice(firstUpdate), all)).toEqual(typesOf(lineOf('evt-002'), all));
    const finalized = ['payment_intent.created', 'invoice.updated', 'invoice.finalized'];
    expect(order(events, finalized).slice(0, 3)).toEqual(typesOf(lineOf('evt-002'), finalized));
    expect(typesOf(lineOf('evt-004'), finalized)).toEqual(finalized);
    const updated = events.find(({ type }) => type === 'invoice.updated');
    expect(previousOf(updated)).toEqual(
      expectedOf(lineOf('evt-002').events.find(({ type }) => type === 'invoice.updated')),
    );
  });

  it('a setup intent that is confirmed at its creation has its events in the recorded order', async () => {
    const customer = await billed(stripe);
    const types = ['setup_intent.created', 'payment_method.attached', 'setup_intent.succeeded'];
    const events = await happening(() => setUp(stripe, customer));
    // Two flows are interleaved in the recording: the last of each type is of one flow.
    expect(order(events, types)).toEqual(typesOf(lineOf('evt-004'), types).slice(-types.length));
  });

  it('a renewal has its events in the recorded order', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1000) });
    const customer = await stripe.customers.create({ email: 'ada@example.com', test_clock: clock.id });
    const { id: method } = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const { items } = await subscribe(stripe, { customer: customer.id, default_payment_method: method });
    const end = Number(items.data[0]?.current_period_end);
    const events = await happening(async () => {
      for (const frozen_time of [end, end + 3600]) {
        await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time });
        while ((await stripe.testHelpers.testClocks.retrieve(clock.id)).status !== 'ready') continue;
      }
    });
    const types = lineOf('evt-100').events.map(({ type }) => type);
    expect(order(events, types)).toEqual(types);
  });

  const single = recorded.filter(
    ({ events, edited_by_project: edited, api_version: version }) =>
      edited === undefined && events.length > 0 && COURSES[String(events[0]?.type)] && (version ?? '') >= '2024-09-30',
  );

  it.each(single.map((line) => ({ ...line, type: String(line.events[0]?.type) })))(
    '$type ($id, $api_version) has the recorded fields and the recorded previous attributes',
    async ({ type, api_version: version, events: [event] }) => {
      await COURSES[type]?.(stripe);
      const { body } = await call(
        `http://localhost:${sandbox.port}`,
        'GET',
        '/v1/events',
        { type, limit: '1' },
        {
          'stripe-version': String(version),
        },
      );
      const [made] = (body?.['data'] ?? []) as Stripe.Event[];
      expect(previousOf(made)).toEqual(expectedOf(event));
      const types = shapes().get(String(event?.shape)) ?? {};
      const asked = { path: '/v1/events' } as Parameters<typeof reasonFor>[0];
      // What a field has differs with the course; that it is there does not.
      const missing = compareShape(types, made?.data.object).filter(
        (each) => each.got === 'nothing' && reasonFor(asked, each) === undefined,
      );
      expect(missing.map(({ path }) => path)).toEqual([]);
    },
  );
});

/** The paths of the previous attributes, down to where the recording tells them apart. */
function previousOf(event: Stripe.Event | undefined): string[] {
  const previous = (event?.data.previous_attributes ?? {}) as Record<string, unknown>;
  const paths = Object.entries(previous).flatMap(([field, value]) =>
    typeof value === 'object' && value !== null && field !== 'metadata'
      ? Object.keys(value).map((inner) => `${field}.${inner}`)
      : [field],
  );
  return paths.filter((path) => !OLDER.has(path)).toSorted();
}

const expectedOf = (event: RecordedEvent | undefined): string[] =>
  Object.keys(event?.previous_attributes ?? {})
    .filter((path) => !OLDER.has(path))
    .toSorted();
