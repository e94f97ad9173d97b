import { useAppProcess } from '../support/app-process.js';
import { auditEvents } from './support/event-audit.js';
import { anInvoiceEvent } from './support/events.js';
import { FileSizeLimit, SmallDisk } from './support/small-disk.js';
import { Load } from './support/load.js';
import { eventually } from '../support/eventually.js';

/** Answered 200 after the trouble: it is over. */
const ENOUGH = 50;

describe('a disk that takes no more writes', () => {
  const app = useAppProcess(undefined, { forEachTest: true });

  const unless = (reason: string | undefined) => (reason ? it.skip : it);

  unless(SmallDisk.missing())('because it is full: 503, never 200, and goes on when there is room again', async () => {
    const disk = await SmallDisk.startOn(app);
    const load = new Load(
      (event) => app.sender.send(event),
      () => anInvoiceEvent(),
    );
    await refusesAndRecovers(load, () => disk.makeRoom());
    await eventually('every event is handled', () => disk.copyOut().then(() => app.events.areHandled()), 60_000);
    await nothingIsLost(load);
  });

  unless(FileSizeLimit.missing())('because writes fail: 503, never 200, and goes on when they work again', async () => {
    await app.start();
    const limit = new FileSizeLimit(app.pid);
    const load = new Load(
      (event) => app.sender.send(event),
      () => anInvoiceEvent(),
    );
    limit.set();
    await refusesAndRecovers(load, () => limit.lift());
    await app.events.drained();
    await nothingIsLost(load);
  });

  async function refusesAndRecovers(load: Load, repair: () => Promise<void> | void): Promise<void> {
    await eventually('an event is refused', () => 503 in load.refusals, 20_000);
    expect(await app.answers('/health/live')).toBe(true);
    await repair();
    const before = load.acknowledged.size;
    await eventually('events are taken again', () => load.acknowledged.size > before + ENOUGH, 20_000);
    await load.stop();
    expect(load.unanswered).toEqual([]);
    expect(Object.keys(load.refusals)).toEqual(['503']);
  }

  async function nothingIsLost({ acknowledged }: Load): Promise<void> {
    expect(await auditEvents(app.database, acknowledged)).toEqual({ stored: acknowledged.size, lost: [], doubled: [] });
  }
});
