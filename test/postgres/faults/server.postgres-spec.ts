import { setTimeout } from 'node:timers/promises';
import { auditEvents } from '../../faults/support/event-audit.js';
import { anInvoiceEvent } from '../../faults/support/events.js';
import { Load } from '../../faults/support/load.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { eventually } from '../../support/eventually.js';
import { Instances } from '../support/instances.js';
import { PostgresServer } from '../support/postgres-server.js';

const ENOUGH = 30;
const LONGEST_RECOVERY_MS = 20_000;

describe('a PostgreSQL that is restarted under load', () => {
  const random = SeededRandom.announced('restarts of PostgreSQL');
  let server: PostgresServer;
  let instances: Instances;
  beforeAll(async () => {
    server = await PostgresServer.start();
    instances = await Instances.create(2, server.url);
    await instances.start();
  });
  afterAll(async () => {
    await instances.remove();
    await server.remove();
  });

  it.each(['stop', 'kill'] as const)(
    'loses no event that was answered 200, and both instances go on by themselves: %s',
    async (how) => {
      const load = new Load(
        // A connection that was idle for 5 s is closed by the app, and on a busy machine an event may be on its way just then.
        (event) =>
          (random.chance(0.5) ? instances.first : instances.second).sender.send(event, { ownConnection: true }),
        () => anInvoiceEvent(),
      );
      await setTimeout(random.between(200, 800));
      await server[how]();
      await eventually('an event is refused', () => 503 in load.refusals);
      expect(await instances.first.answers('/health/live')).toBe(true);
      expect(await instances.first.answers('/health/ready')).toBe(false);
      await server.start();
      const before = load.acknowledged.size;
      await eventually('events are taken again', () => load.acknowledged.size > before + ENOUGH, LONGEST_RECOVERY_MS);
      await load.stop();
      expect(load.connectionErrors).toEqual([]);
      expect(Object.keys(load.refusals)).toEqual(['503']);

      await instances.events.drained();
      expect(await auditEvents(instances.database, load.acknowledged)).toMatchObject({ lost: [], doubled: [] });
      for (const instance of instances.all) expect(await instance.answers('/health/ready')).toBe(true);
    },
  );
});
