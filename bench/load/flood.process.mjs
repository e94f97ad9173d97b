// A flood: deliveries at full speed with no warm-up, then a wait until the last of them is handled. Argument: the task as JSON.
import { setTimeout } from 'node:timers/promises';
import { Backlog } from './backlog.mjs';
import { ClosedLoop } from './closed-loop.mjs';
import { Requests } from './requests.mjs';

const POLL_INTERVAL_MS = 100;

process.once('disconnect', () => process.exit(1));
const task = JSON.parse(process.argv[2]);
const requests = new Requests(task);
const loop = new ClosedLoop(requests, task);
const backlog = await Backlog.open(task.database);
await loop.open();

const [, handledEachSecond] = await Promise.all([loop.run(task.ms), countEachSecond()]);
const pendingAtEnd = await backlog.pending();
const drainSeconds = await drain();
loop.close();
await backlog.close();
if (requests.given > task.payments.count)
  throw new Error(`${requests.given} events for ${task.payments.count} payments: some had nothing left to settle`);

const report = {
  acceptedPerSecond: loop.acknowledged.length / (task.ms / 1_000),
  failures: loop.failures,
  handledEachSecond,
  pendingAtEnd,
  drainSeconds,
  acknowledged: loop.acknowledged.map((number) => ({
    eventId: requests.ids[number],
    payment: requests.paymentOf(number),
  })),
};
process.send(report, () => process.exit(0));

/** Events handled in each second of the flood, by the database. */
async function countEachSecond() {
  const counts = [];
  for (let second = 0; second < task.ms / 1_000; second++) {
    const mark = await backlog.mark();
    await setTimeout(1_000);
    const { handled, seconds } = await backlog.handledSince(mark);
    counts.push(handled / seconds);
  }
  return counts;
}

/** Seconds until no event is pending; Infinity where that takes longer than `maxDrainMs`. */
async function drain() {
  const began = performance.now();
  while ((await backlog.pending()) > 0) {
    if (performance.now() - began > task.maxDrainMs) return Infinity;
    await setTimeout(POLL_INTERVAL_MS);
  }
  return (performance.now() - began) / 1_000;
}
