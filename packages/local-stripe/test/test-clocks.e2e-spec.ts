import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const START = 1_767_225_600;
const DAY_S = 24 * 60 * 60;

describe('a test clock', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start();
  });
  afterEach(() => under.stop());

  const clocks = () => under.stripe.testHelpers.testClocks;
  const arrived = (id: string) =>
    eventually(async () => {
      const clock = await clocks().retrieve(id);
      return clock.status === 'ready' ? clock : undefined;
    }, 'the clock to be ready');

  it('is frozen until it is advanced, and says when it has arrived', async () => {
    const made = await clocks().create({ frozen_time: START, name: 'A year on' });
    expect(made).toMatchObject({ frozen_time: START, name: 'A year on', status: 'ready' });
    const advancing = await clocks().advance(made.id, { frozen_time: START + DAY_S });

    expect(advancing).toMatchObject({ frozen_time: START, status: 'advancing' });
    expect((await arrived(made.id)).frozen_time).toBe(START + DAY_S);
    for (const step of ['created', 'advancing', 'ready'] as const) {
      await under.receiver.event(`test_helpers.test_clock.${step}`, made.id);
    }
  });

  it.each([START - 1, START, START + 3 * 366 * DAY_S])('is not advanced to %i', async (frozenTime) => {
    const { id } = await clocks().create({ frozen_time: START });

    await expect(clocks().advance(id, { frozen_time: frozenTime })).rejects.toMatchObject({
      statusCode: 400,
      param: 'frozen_time',
    });
  });

  it('takes its customers with it', async () => {
    const { id } = await clocks().create({ frozen_time: START });
    const customer = await under.stripe.customers.create({ email: 'ada@example.com', test_clock: id });
    expect(customer).toMatchObject({ test_clock: id, created: START });
    await clocks().del(id);

    expect(await under.stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    expect((await clocks().list()).data).toEqual([]);
    await under.receiver.event('test_helpers.test_clock.deleted', id);
  });

  it('must be there for a customer to hang on it', async () => {
    await expect(under.stripe.customers.create({ test_clock: 'clock_none' })).rejects.toMatchObject({
      code: 'resource_missing',
      param: 'test_clock',
    });
  });
});
