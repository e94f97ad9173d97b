// One event every so often, and how long its answer and then its effect take. Argument: the task as JSON.
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../data/database.mjs';
import { percentile } from '../report/statistics.mjs';
import { Connection } from './connection.mjs';
import { paymentIds } from './payment-ids.mjs';
import { Requests } from './requests.mjs';

const MAX_WAIT_MS = 10_000;

process.once('disconnect', () => process.exit(1));
const task = JSON.parse(process.argv[2]);
const database = await openDatabase(task.database, { readOnly: true });
const requests = new Requests(task);
requests.prepare(task.payments.count);
let answered;
const connection = new Connection(task.port, (_, status) => answered(status));
await connection.open();

const answers = [];
const effects = [];
for (let number = 0; number < task.payments.count; number++) {
  const began = performance.now();
  const status = await deliver();
  const acknowledged = performance.now();
  if (status !== 200) throw new Error(`A delivery was answered ${status}`);
  await paid(paymentIds(requests.paymentOf(number)).paymentId);
  const paidAt = performance.now();
  if (number >= task.warmUpEvents) {
    answers.push(acknowledged - began);
    effects.push(paidAt - acknowledged);
  }
  await setTimeout(Math.max(0, task.everyMs - (paidAt - began)));
}
connection.close();
await database.close();

const acknowledged = requests.ids.map((eventId, number) => ({ eventId, payment: requests.paymentOf(number) }));
process.send({ answer: summary(answers), effect: summary(effects), acknowledged }, () => process.exit(0));

function deliver() {
  return new Promise((resolve) => {
    answered = resolve;
    connection.send(requests.next());
  });
}

/** Polls until the payment is paid: a reader sees only what is committed. */
async function paid(paymentId) {
  for (const end = Date.now() + MAX_WAIT_MS; Date.now() < end;)
    if (await database.get("SELECT 1 FROM payments WHERE id = ? AND status = 'paid'", [paymentId])) return;
  throw new Error(`Payment ${paymentId} was not settled within ${MAX_WAIT_MS} ms`);
}

function summary(values) {
  values.sort((a, b) => a - b);
  return { p50Ms: percentile(values, 50), p99Ms: percentile(values, 99) };
}
