import { control } from './support/control.js';
import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const KEY = { authorization: 'Bearer sk_test_x' };

describe('an event', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('has an id that sorts by its time', async () => {
    await under.stripe.products.create({ name: 'first' });
    await under.sandbox.moveClock(1000);
    await under.stripe.products.create({ name: 'second' });
    await under.sandbox.moveClock(30 * 24 * 60 * 60 * 1000);
    await under.stripe.products.create({ name: 'third' });
    const ids = (await under.stripe.events.list({ type: 'product.created' })).data.map(({ id }) => id);
    expect(ids.toSorted().toReversed()).toEqual(ids);
  });

  it('is delivered again by the call of `stripe events resend`', async () => {
    const [event] = (await under.stripe.events.list({ limit: 1 })).data;
    const id = String(event?.id);
    const before = under.receiver.attempts.filter((attempt) => attempt.id === id).length;
    const answer = await fetch(`${under.sandbox.url}/v1/events/${id}/retry`, { method: 'POST', headers: KEY });
    expect(await answer.json()).toMatchObject({ id, object: 'event' });
    await eventually(
      () => under.receiver.attempts.filter((attempt) => attempt.id === id).length > before || undefined,
      'the event again',
    );
    const unknown = await fetch(`${under.sandbox.url}/v1/events/evt_0/retry`, { method: 'POST', headers: KEY });
    expect(unknown.status).toBe(404);
  });

  it('is one of a connected account on command', async () => {
    const { id } = await under.stripe.customers.create({ name: 'Ada' });
    const event = await under.receiver.event('customer.created', id);
    await control(under.sandbox).post(`/events/${event.id}/resend`, { account: 'acct_7' });
    await eventually(
      () => under.receiver.events.find((again) => again.id === event.id && again.account === 'acct_7'),
      'the event of an account',
    );
  });
});
