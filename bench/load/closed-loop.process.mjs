// The load of one measurement, in a process of its own on a core of its own. Argument: the task as JSON.
import { setTimeout } from 'node:timers/promises';
import { percentile } from '../report/statistics.mjs';
import { Backlog } from './backlog.mjs';
import { ClosedLoop } from './closed-loop.mjs';
import { Pacer } from './pacer.mjs';
import { Requests } from './requests.mjs';

const MAX_DRAIN_MS = 20_000;
/** Deliveries signed ahead, of what the rate of the warm-up suggests; more are signed as they are sent. */
const AHEAD = 1.6;
/** For a server that does not read them, these are sent again and again. */
const REPEATED = 10_000;

process.once('disconnect', () => process.exit(1));
const task = JSON.parse(process.argv[2]);
const requests = new Requests(task);
const loop = new ClosedLoop(requests, task);
const backlog = task.paced && (await Backlog.open(task.paced.database));
const pacer = backlog && new Pacer(loop, backlog, task.paced.maxPending);

await loop.open();
pacer?.start();
const warmUp = await loop.run(task.warmUpMs);
requests.prepare(requests.repeat ? REPEATED : Math.ceil((warmUp.length / task.warmUpMs) * task.ms * AHEAD));

const cpu = process.cpuUsage();
const [latencies, watched] = await Promise.all([loop.run(task.ms), backlog && watchHandled()]);
const { user, system } = process.cpuUsage(cpu);
await pacer?.stop();
await pacer?.drained(MAX_DRAIN_MS);
loop.close();
await backlog?.close();
if (task.paced && requests.given > task.payments.count)
  throw new Error(`${requests.given} events for ${task.payments.count} payments: some had nothing left to settle`);

latencies.sort((a, b) => a - b);
const report = {
  perSecond: latencies.length / (task.ms / 1_000),
  p50Ms: percentile(latencies, 50),
  p99Ms: percentile(latencies, 99),
  failures: loop.failures,
  loadBusy: (user + system) / 1_000 / task.ms,
  acknowledged: requests.repeat
    ? []
    : loop.acknowledged.map((number) => ({ eventId: requests.ids[number], payment: requests.paymentOf(number) })),
  ...watched,
};
process.send(report, () => process.exit(0));

/** What the database says when the time is up, not what was answered. */
async function watchHandled() {
  const mark = await backlog.mark();
  await setTimeout(task.ms);
  const { handled, seconds } = await backlog.handledSince(mark);
  return { handledPerSecond: handled / seconds, backlogAtEnd: await backlog.pending() };
}
