import { setTimeout } from 'node:timers/promises';
import { useAppProcess } from '../support/app-process.js';
import { auditEvents } from './support/event-audit.js';
import { anInvoiceEvent, type SentEvent } from './support/events.js';
import { Load } from './support/load.js';
import { SeededRandom } from '../support/seeded-random.js';

const [OLD, NEW] = ['whsec_old', 'whsec_new'];

describe('a signing secret that is rotated under load', () => {
  const random = SeededRandom.announced('rotation');
  const app = useAppProcess((process) => process.start({ STRIPE_WEBHOOK_SECRET: OLD }));

  it('refuses no valid event, by the old secret or by the new one', async () => {
    const waiting: SentEvent[] = [];
    const next = () => waiting.pop() ?? anInvoiceEvent();
    const before = new Load((event) => app.sender.send(event, { secret: OLD }), next);
    await setTimeout(random.between(50, 400));
    await app.end('SIGTERM');
    await before.ended();
    waiting.push(...before.unanswered); // Stripe sends them again

    await app.start({ STRIPE_WEBHOOK_SECRET: `${NEW},${OLD}` });
    const either = () => (random.chance(0.5) ? OLD : NEW);
    const after = new Load((event) => app.sender.send(event, { secret: either() }), next);
    await setTimeout(random.between(200, 600));
    await after.stop();

    expect({ ...before.refusals, ...after.refusals }).toEqual({});
    expect(after.unanswered).toEqual([]);
    await app.events.drained();
    const acknowledged = new Set([...before.acknowledged, ...after.acknowledged]);
    expect(await auditEvents(app.database, acknowledged)).toEqual({ stored: acknowledged.size, lost: [], doubled: [] });
  });
});
