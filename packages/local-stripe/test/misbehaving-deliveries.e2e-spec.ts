import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('deliveries that go wrong on purpose', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start();
  });
  afterEach(() => under.stop());

  const product = (name: string) => under.stripe.products.create({ name });
  const names = (): string[] =>
    under.receiver.events.map(({ data }) => ('name' in data.object ? String(data.object.name) : ''));
  const received = (...expected: string[]): Promise<unknown> =>
    eventually(() => (names().length >= expected.length ? true : undefined), `the events of ${expected.join()}`).then(
      () => expect(names()).toEqual(expected),
    );

  it('come twice, as the same event', async () => {
    under.sandbox.injectFault({ fault: 'twice' });
    await product('A');
    await received('A', 'A');
    await product('B');
    await received('A', 'A', 'B');

    expect(new Set(under.receiver.events.map(({ id }) => id)).size).toBe(2);
  });

  it('come late, when the others have long come, and after a restart too', async () => {
    under.sandbox.injectFault({ fault: 'late', delayMs: 3_600_000 });
    await product('A');
    await product('B');
    await received('B');
    await under.restart();
    await under.sandbox.moveClock(3_600_000);

    await eventually(() => names().includes('A') || undefined, 'the late event');
    expect([...new Set(names())]).toEqual(['B', 'A']); // B comes again where the restart cut the record of it off
  });

  it('come after the one that follows them', async () => {
    under.sandbox.injectFault({ fault: 'out_of_order', times: 2, delayMs: 60_000 });
    for (const name of ['A', 'B']) await product(name);
    await received('B', 'A');
    for (const name of ['C', 'D']) await product(name);

    await received('B', 'A', 'C', 'D');
  });

  it('come after all where nothing follows', async () => {
    under.sandbox.injectFault({ fault: 'out_of_order', delayMs: 50 });
    await product('A');

    await received('A');
  });

  it('do not come at all, and Stripe knows nothing of it', async () => {
    under.sandbox.injectFault({ fault: 'lost', only: 'product.c*' });
    const { id } = await product('A');
    await under.stripe.products.update(id, { name: 'B' });
    await received('B');

    const [, created] = (await under.stripe.events.list()).data;
    expect(created).toMatchObject({ type: 'product.created', pending_webhooks: 0 });
  });

  it('are counted', async () => {
    under.sandbox.injectFault({ fault: 'lost' });
    await product('A');
    under.sandbox.injectFault({ fault: 'late', delayMs: 60_000 });
    await product('B');
    await product('C');
    const counted = { held: false, due: 0, later: 1, delivered: 1, lost: 1, given_up: 0 };
    await eventually(async () => {
      const answer = await fetch(`${under.sandbox.url}/_sandbox/webhooks`);
      return JSON.stringify(await answer.json()) === JSON.stringify(counted) || undefined;
    }, 'each delivery to be counted');
  });
});
