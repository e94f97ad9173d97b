import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('webhook deliveries', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start();
  });
  afterEach(() => under.stop());

  const product = (name = 'A') => under.stripe.products.create({ name });

  it('try again after a 500, with the same event', async () => {
    let refusals = 2;
    under.receiver.answer = () => (refusals-- > 0 ? 500 : 200);
    await product();

    const { id } = await under.receiver.event('product.created');
    expect(under.receiver.attempts.map((event) => event.id)).toEqual([id, id, id]);
    await eventually(
      async () => (await under.stripe.events.retrieve(id)).pending_webhooks === 0 || undefined,
      'the delivery to be recorded',
    );
  });

  it('do not wait for an event that fails', async () => {
    under.receiver.answer = ({ data }) => ('name' in data.object && data.object.name === 'bad' ? 500 : 200);
    await product('bad');
    await product('good');

    const { data } = await under.receiver.event('product.created');
    expect(data.object.name).toBe('good');
  });

  it('are kept back while held, and made when released', async () => {
    under.sandbox.holdWebhooks();
    await product('held');
    // Longer than a delivery takes, without a clock: each of these is a round trip too.
    for (let look = 0; look < 20; look++) await under.stripe.products.list();
    expect(under.receiver.attempts).toEqual([]);
    under.sandbox.releaseWebhooks();
    await under.receiver.event('product.created');

    const post = (action: string) => fetch(`${under.sandbox.url}/_sandbox/webhooks/${action}`, { method: 'POST' });
    expect(await (await post('hold')).json()).toEqual({ held: true });
    await under.stripe.products.update((await product('held too')).id, { name: 'later' });
    expect(under.receiver.types()).toEqual(['product.created']);
    await post('release');
    await under.receiver.event('product.updated');
  });
});
