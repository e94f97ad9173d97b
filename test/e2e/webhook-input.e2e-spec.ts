import { connect } from 'node:net';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { Inbox } from '../../src/webhook/inbox.service.js';
import { type IncomingEvent, readEvent } from '../../src/webhook/incoming-event.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

const now = () => Math.floor(Date.now() / 1_000);
const aCompletedSession = () =>
  anEvent('checkout.session.completed', { id: 'cs_test_x', object: 'checkout.session' } as never);
/** A comma where none may be, far from both ends. */
const broken = (event: object) => printed(event).replace('    "object": {\n', '    "object": {\n,');
const unhandled = (changes = {}) => ({ ...anEvent('customer.created', { id: 'cus_1' } as never), ...changes });

describe('a webhook delivery', () => {
  let shop: Shop;
  let sender: WebhookSender;
  beforeAll(async () => {
    shop = await startShop();
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
  });
  afterAll(() => shop.stop());

  const stored = (id: string) => shop.app.get(EventLog).find(id);
  /** Stores an event as due, without a claim. */
  const storeDue = (id: string, payload: string) =>
    shop.app.get(UnitOfWork).run((tx) =>
      tx.query(
        `INSERT INTO webhook_events (id, type, payload, status, next_attempt_at, created_at, received_at)
         VALUES ($1, 'checkout.session.completed', $2, 'pending', $3, $3, $3)`,
        [id, payload, Date.now()],
      ),
    );

  it('is stored and answered 200 when it is signed', async () => {
    const event = unhandled();
    const response = await sender.send(event);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ received: true });
    expect((await stored(event.id))?.event.payload).toBe(printed(event));
  });

  it.each<[string, (body: string) => string | null]>([
    ['is missing', () => null],
    ['is empty', () => ''],
    ['is malformed', () => 'signed by me'],
    ['has no timestamp', () => 'v1=abc'],
    ['is by another secret', (body) => sender.sign(body, { secret: 'whsec_other' })],
    ['has v0 only', (body) => sender.sign(body).replace('v1=', 'v0=')],
    ['is not ASCII', (body) => `${sender.sign(body)}é`],
    ['is for another body', () => sender.sign('{}')],
    ['is older than five minutes', (body) => sender.sign(body, { timestamp: now() - 301 })],
    ['is from the far future', (body) => sender.sign(body, { timestamp: now() + 3_600 })],
  ])('is refused with 400 when its signature %s', async (_, signature) => {
    const event = unhandled();
    const body = JSON.stringify(event);
    const response = await sender.send(body, { signature: signature(body) });
    expect(response.status).toBe(400);
    expect(await stored(event.id)).toBeUndefined();
  });

  it.each([
    'not json',
    'null',
    '[]',
    '42',
    '"text"',
    '{}',
    '{"id":"evt_1","object":"event","type":"x","created":1}',
    '{"id":"evt_1","object":"event","type":"x","created":{"toString":null},"data":{}}',
  ])('is refused with 400 when it is signed but no event: %s', async (body) =>
    expect((await sender.send(body)).status).toBe(400),
  );

  it('is refused with 400 when it looks like an event at both ends alone', async () => {
    for (const event of [unhandled(), aCompletedSession()]) expect((await sender.send(broken(event))).status).toBe(400);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', null])(
    'is taken with the content type %s',
    async (contentType) => {
      const event = unhandled();
      expect((await sender.send(event, { contentType })).status).toBe(200);
      expect(await stored(event.id)).toBeDefined();
    },
  );

  it('is taken at 300 KB, and refused with 413 above 1 MiB', async () => {
    expect((await sender.send(unhandled({ filler: 'x'.repeat(300_000) }))).status).toBe(200);
    expect((await sender.send(unhandled({ filler: 'x'.repeat(1_100_000) }))).status).toBe(413);
  });

  it('is dropped when its connection ends before its body is whole, and the next one is taken', async () => {
    await brokenRequest(Number(new URL(shop.url).port));
    expect((await sender.send(unhandled())).status).toBe(200);
  });

  const aSession = (metadata: Record<string, string>) => ({ id: 'cs_test_x', object: 'checkout.session', metadata });
  it.each<[string, object, RegExp]>([
    ['of a type that nobody handles', unhandled(), /no handler for customer\.created/],
    [
      'of another app',
      anEvent('checkout.session.completed', aSession({ app_name: 'Other' }) as never),
      /another app: Other/,
    ],
    ['of live mode', { ...anEvent('checkout.session.completed', aSession({}) as never), livemode: true }, /live mode/],
    [
      'that is thin',
      { id: 'evt_thin_1', object: 'v2.core.event', type: 'v1.billing.meter.error', created: '2026-11-23T10:00:00Z' },
      /thin/,
    ],
  ])('%s is stored as ignored, with the reason', async (_, event, reason) => {
    expect((await sender.send(event)).status).toBe(200);
    const { event: row } = (await stored((event as { id: string }).id)) ?? {};
    expect(row).toMatchObject({ status: 'ignored', reason: expect.stringMatching(reason) });
  });

  it('is one event, however often it comes at once', async () => {
    const event = anEvent('checkout.session.completed', aSession({}) as never);
    const answers = await Promise.all(Array.from({ length: 50 }, () => sender.send(event)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    await eventually('it is handled', async () => (await stored(event.id))?.event.status === 'done');
    expect((await stored(event.id))?.runs).toMatchObject([{ status: 'done', attempts: 1 }]);
  });

  it('is handled at once where others that come with it were there before', async () => {
    const incoming = () =>
      readEvent(
        Buffer.from(JSON.stringify(anEvent('checkout.session.completed', aSession({}) as never))),
      ) as IncomingEvent;
    const [known, leader, fresh] = [incoming(), incoming(), incoming()];
    const inbox = shop.app.get(Inbox);
    await inbox.store(known);
    await Promise.all([leader, known, fresh].map((event) => inbox.store(event))); // those behind the leader go together
    await eventually('it is handled', async () => (await stored(fresh.id))?.event.status === 'done');
    expect((await stored(fresh.id))?.event.attempts).toBe(1); // a second attempt would be by somebody who took it over
    expect((await stored(known.id))?.event.attempts).toBe(1);
  });

  it('is handled later where it was stored while there was no slot for it', async () => {
    const event = aCompletedSession();
    await storeDue(event.id, printed(event));
    await eventually('it is handled', async () => (await stored(event.id))?.event.status === 'done');
    expect((await stored(event.id))?.runs).toMatchObject([{ status: 'done', attempts: 1 }]);
  });

  // Earlier versions stored some events before they had read them whole.
  it('is dead, with the reason, where it turns out to be no event then, and holds up nothing else', async () => {
    const [bad, twice, good] = [aCompletedSession(), aCompletedSession(), aCompletedSession()];
    await storeDue(bad.id, broken(bad));
    await storeDue(twice.id, printed({ ...twice, id: 'evt_other' }));
    await storeDue(good.id, printed(good));
    await eventually('it is dead', async () => (await stored(bad.id))?.event.status === 'dead');
    expect((await stored(bad.id))?.event.reason).toMatch(/its payload is not JSON/);
    await eventually('so is the other', async () => (await stored(twice.id))?.event.status === 'dead');
    expect((await stored(twice.id))?.event.attempts).toBe(0);
    await eventually('the other is handled', async () => (await stored(good.id))?.event.status === 'done');
  });

  it('needs no session and sets no cookie', async () => {
    expect((await sender.send(unhandled())).headers.get('set-cookie')).toBeNull();
  });
});

describe('a webhook delivery whose body does not arrive in time', () => {
  it('is answered 408', async () => {
    // Of a shop of its own: a client that is not meant may take longer than this on a busy machine.
    const shop = await startShop({
      requestTimes: { requestTimeout: 200, headersTimeout: 200, connectionsCheckingInterval: 50 },
    });
    try {
      expect(await trickledRequest(Number(new URL(shop.url).port))).toMatch(/^HTTP\/1\.1 408/);
    } finally {
      await shop.stop();
    }
  });
});

describe('a webhook delivery while the signing secret is rotated', () => {
  it('is taken when it was signed with the old secret or with the new one', async () => {
    const shop = await startShop({ webhookSecrets: ['whsec_old', 'whsec_new'] });
    try {
      for (const secret of ['whsec_old', 'whsec_new'])
        expect((await new WebhookSender(shop.url, secret).send(unhandled())).status).toBe(200);
      expect((await new WebhookSender(shop.url, 'whsec_older').send(unhandled())).status).toBe(400);
    } finally {
      await shop.stop();
    }
  });
});

/** Its header may be right, so its body is waited for. */
const begun = () =>
  'POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n' +
  `Stripe-Signature: t=${now()},v1=${'0'.repeat(64)}\r\n\r\n{`;

/** Sends a request's head and the beginning of its body, then breaks the connection. */
function brokenRequest(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost', () => socket.write(begun(), () => socket.resetAndDestroy()));
    socket.once('close', () => resolve());
    socket.once('error', reject);
  });
}

/** Sends a request's head and the beginning of its body, then nothing more; gives the answer. */
function trickledRequest(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost', () => socket.write(begun()));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
