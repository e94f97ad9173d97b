import { setTimeout as wait } from 'node:timers/promises';
import { control } from './support/control.js';
import { StripeCli } from '../../../test/support/stripe-cli.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** Triggers that cannot succeed here. All others must. */
const NOT_HERE: Array<[event: RegExp, count: number, reason: string]> = [
  [/^issuing_/, 12, 'Issuing: cards that a business hands out, not those it is paid with'],
  [
    /^v1\.billing\.meter\./,
    2,
    'the CLI sends the meter events of its fixture to meter-events.stripe.com, whatever its --api-base says',
  ],
];

/** Names of a trigger that are no event: of a group of events, or of one that comes later. */
const WITHOUT_OWN_EVENT = /^(subscription\.payment_|subscription_schedule\.aborted|checkout\.session\.async_payment_)/;

describe('stripe trigger, of the official Stripe CLI', () => {
  let under: SandboxUnderTest;
  let cli: StripeCli;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    cli = await StripeCli.at(`http://127.0.0.1:${under.sandbox.port}`);
  });
  afterAll(async () => {
    await cli.remove();
    await under.stop();
  });

  const trigger = (event: string): Promise<string> =>
    cli.trigger(event).catch(({ stdout = '', stderr = '' }: { stdout?: string; stderr?: string }) => stdout + stderr);

  it('succeeds with every event but those of Issuing and of meters', async () => {
    const help = await cli.run('trigger', '--help');
    const listed = /Supported events:([^]*?)Usage:/.exec(help)?.[1]?.trim().split(/\s+/) ?? [];
    const skipped = listed.filter((event) => NOT_HERE.some(([name]) => name.test(event)));
    expect(listed.length).toBeGreaterThan(100);
    for (const [name, count] of NOT_HERE) expect(skipped.filter((event) => name.test(event)).length).toBe(count);
    expect(skipped.length).toBeLessThanOrEqual(15);

    // The customer of the fixture of `subscription_schedule.completed` has no card: otherwise its subscription ends first.
    await control(under.sandbox).post('/settings', { after_retries: 'past_due' });
    const failed: string[] = [];
    const left = listed.filter((each) => !skipped.includes(each));
    /** A test clock takes a moment to arrive at what its trigger asked for. */
    const recorded = async (type: string): Promise<boolean> => {
      for (let tries = 0; tries < 300; tries++) {
        const { data } = await under.stripe.events.list({ type: type as never, limit: 1 });
        if (data.length > 0) return true;
        await wait(100);
      }
      return false;
    };
    const work = async (): Promise<void> => {
      for (let event = left.shift(); event !== undefined; event = left.shift()) {
        const said = await trigger(event);
        const happened =
          said.includes('Trigger succeeded') && (WITHOUT_OWN_EVENT.test(event) || (await recorded(event)));
        if (!happened) failed.push(`${event}: ${said.slice(-400)}`);
      }
    };
    await Promise.all([work(), work(), work(), work()]); // the CLI mostly waits
    expect(failed).toEqual([]);
  }, 600_000);
});
