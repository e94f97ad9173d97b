// One page, asked for again and again over kept-alive connections. Argument: the task as JSON.
import { percentile } from '../report/statistics.mjs';
import { ClosedLoop } from './closed-loop.mjs';

/** Until the hot code is compiled, which takes so many pages, however fast the machine is; but no longer than MAX_WARM_UP_MS. */
const WARM_UP_PAGES = 10_000;
const MAX_WARM_UP_MS = 20_000;

process.once('disconnect', () => process.exit(1));
const task = JSON.parse(process.argv[2]);
const request = Buffer.from(
  [
    `GET ${task.path} HTTP/1.1`,
    `Host: localhost:${task.port}`,
    `Cookie: ${task.cookie}`,
    'Accept: text/html',
    'Sec-Fetch-Mode: navigate',
    '\r\n',
  ].join('\r\n'),
);
const loop = new ClosedLoop({ next: () => request }, task);
await loop.open();
for (const end = Date.now() + MAX_WARM_UP_MS; loop.acknowledged.length < WARM_UP_PAGES && Date.now() < end;)
  await loop.run(1_000);
const cpu = process.cpuUsage();
const latencies = await loop.run(task.ms);
const { user, system } = process.cpuUsage(cpu);
loop.close();
if (loop.failures > 0) throw new Error(`${loop.failures} pages were not answered 200; the last: ${loop.lastFailure}`);

latencies.sort((a, b) => a - b);
const report = {
  perSecond: latencies.length / (task.ms / 1_000),
  p50Ms: percentile(latencies, 50),
  p99Ms: percentile(latencies, 99),
  loadBusy: (user + system) / 1_000 / task.ms,
};
process.send(report, () => process.exit(0));
