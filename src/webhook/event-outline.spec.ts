import fc from 'fast-check';
import { printed } from '../../test/support/webhook-sender.js';
import { readOutline } from './event-outline.js';
import { readEvent } from './incoming-event.js';

const RUNS = { numRuns: 3_000 };

const outlineOf = (text: string) => readOutline(Buffer.from(text));

/** Names that mean something where they are expected, and nothing elsewhere. */
const names = fc.constantFrom(
  'metadata',
  'app_name',
  'object',
  'previous_attributes',
  'type',
  'livemode',
  'id',
  'data',
  '__proto__',
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'evt_2',
    '"app_name": "Other",',
    '\n    }',
    '\n        "app_name": "Other"',
    '}\n  },\n  "livemode": true,',
    '\u2028',
    'Zoë',
  ),
);
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    text,
    fc.constantFrom(null, true, false, 0, -1.5e-7, 1_999, [], {}),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(names, text), tie('value'), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(fc.oneof(names, text), anything, { maxKeys: 5 });
const metadata = fc.oneof(
  fc.constantFrom(null, {}),
  fc.dictionary(fc.oneof(names, text), text, { maxKeys: 4 }),
  fc.tuple(object, text, object).map(([before, name, after]) => ({ ...before, app_name: name, ...after })),
);
const described = fc.tuple(object, fc.option(metadata, { nil: undefined }), object);
const withMetadata = described.map(([before, data, after]) => ({
  ...before,
  ...(data !== undefined && { metadata: data }),
  ...after,
}));

/** Events with Stripe's members in Stripe's order, and anything in them. */
const events = fc
  .record({
    id: fc.constantFrom('evt_1', 'evt_1TxKPq2eZvKYlo2C'),
    account: fc.constantFrom(undefined, null, '', 'acct_1', 'acct_"é'),
    context: fc.constantFrom(undefined, null, '', 'acct_2', 'org_1/acct_2'),
    version: fc.constantFrom('2026-10-28.endive', '2024-06-20', null),
    created: fc.integer({ min: 0, max: 99_999_999_999 }),
    object: withMetadata,
    before: fc.option(withMetadata, { nil: undefined }),
    livemode: fc.boolean(),
    request: fc.constantFrom(
      null,
      'req_1',
      { id: null, idempotency_key: null },
      { id: 'req_1', idempotency_key: 'a"b' },
    ),
    type: fc.constantFrom('customer.updated', 'checkout.session.completed'),
  })
  .map(({ id, account, context, version, created, object: inner, before, livemode, request, type }) => ({
    id,
    object: 'event',
    ...(account !== undefined && { account }),
    api_version: version,
    ...(context !== undefined && { context }),
    created,
    data: { object: inner, ...(before && { previous_attributes: before }) },
    livemode,
    pending_webhooks: 1,
    request,
    type,
  }));

const eventWith = (inner: object) => ({
  id: 'evt_1',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1_795_000_000,
  data: { object: { object: 'charge', ...inner }, previous_attributes: { metadata: { app_name: 'Before' } } },
  livemode: false,
  pending_webhooks: 1,
  request: { id: 'req_1', idempotency_key: null },
  type: 'charge.updated',
});

const without = (body: string, at: number, length: number) => body.slice(0, at) + body.slice(at + length);
const within = (body: string, at: number, more: string) => body.slice(0, at) + more + body.slice(at);

/** Where both can read it, they say the same, except for these fields. */
function expectSameAsWhole(body: string, except: object = {}): void {
  const outline = outlineOf(body);
  const whole = readEvent(Buffer.from(body));
  if (outline && whole)
    expect({ ...outline, content: null, ...except }).toEqual({ ...whole, content: null, ...except });
}

describe('the outline of an event', () => {
  it('says what the event says that is read whole, whatever is in it and however it is printed', () => {
    const prints = fc.constantFrom(
      printed,
      (event: object) => `${printed(event)}\n`,
      (event: object) => ` ${printed(event)}`,
      (event: object) => printed(event).replaceAll('\n', '\r\n'),
      ...[0, 1, 3, 4, '\t'].map((indent) => (event: object) => JSON.stringify(event, null, indent)),
    );
    fc.assert(
      fc.property(events, prints, (event, print) => expectSameAsWhole(print(event))),
      RUNS,
    );
  });

  it('is read wherever an event is printed as Stripe prints it, and its app has a plain name or none', () => {
    const isPlain = (name: unknown) => name === undefined || (typeof name === 'string' && /^[ !#-[\]-~]*$/.test(name));
    const readable = ({
      data: { object: inner },
      request,
      account,
    }: ReturnType<typeof eventWith> & { account?: string }) =>
      !account?.includes('"') &&
      Object.keys(inner).length > 0 &&
      isPlain((inner as { metadata?: { app_name?: unknown } | null }).metadata?.app_name) &&
      !JSON.stringify(request).includes('\\');
    fc.assert(
      fc.property(
        events.filter((event) => readable(event as never)),
        (event) => expect(outlineOf(printed(event))).toBeDefined(),
      ),
      RUNS,
    );
  });

  it('says the same, or nothing, where bytes are missing or too many; but for the name of the app, which goes by the spaces', () => {
    const damages = fc.oneof(
      fc.tuple(fc.nat(), fc.nat(40)).map(
        ([at, length]) =>
          (body: string) =>
            without(body, at % body.length, length),
      ),
      fc.tuple(fc.nat(), text).map(
        ([at, more]) =>
          (body: string) =>
            within(body, at % body.length, more),
      ),
    );
    fc.assert(
      fc.property(events, damages, (event, damage) => expectSameAsWhole(damage(printed(event)), { appName: null })),
      RUNS,
    );
  });

  it.each([
    ['with the name of its app', { metadata: { payment_id: '1', app_name: 'Shop' } }, 'Shop'],
    ['without metadata', { id: 'cs_test_1' }, undefined],
    ['with metadata that name no app', { metadata: { payment_id: '1' } }, undefined],
    ['with an object that names one elsewhere', { other: { metadata: { app_name: 'Other' } } }, undefined],
  ])('is read where the event is printed as Stripe prints it, %s', (_, inner, appName) => {
    const body = printed(eventWith(inner));
    expect(outlineOf(body)).toMatchObject({ id: 'evt_1', type: 'charge.updated', livemode: false, thin: false });
    expect(outlineOf(body)?.appName).toBe(appName);
    expect(outlineOf(body)?.createdAt).toEqual(new Date(1_795_000_000_000));
  });

  it.each<[string, string]>([
    ['not JSON', 'not json'],
    ['cut off', printed(eventWith({ id: 'ch_1' })).slice(0, -1)],
    ['on one line', JSON.stringify(eventWith({ id: 'ch_1' }))],
    ['thin', printed({ id: 'evt_1', object: 'v2.core.event', type: 'v1.x', created: '2026-11-23T10:00:00Z' })],
    ['of an app whose name is not plain', printed(eventWith({ metadata: { app_name: 'Zoë' } }))],
    ['with a zero byte', printed(eventWith({ id: 'ch_1' })).replace('ch_1', 'ch\0')],
  ])('is left to those who read it whole where the body is %s', (_, body) => expect(outlineOf(body)).toBeUndefined());

  it('is left to them where the body is no UTF-8', () => {
    const body = Buffer.from(printed(eventWith({ id: 'ch_1' })));
    body[body.indexOf('ch_1')] = 0xff;
    expect(readOutline(body)).toBeUndefined();
  });
});
