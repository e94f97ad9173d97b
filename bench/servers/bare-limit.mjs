// The least that keeps the promise, without a framework: HMAC check, JSON.parse, one commit for what waits together.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { openDatabase } from '../data/database.mjs';
import { ANSWER, answerHeaders } from './answer.mjs';
import { EVENTS_TABLE } from './webhook-events-table.mjs';
import { isPostgres } from '../data/postgres.mjs';
import { GroupedInserts } from './grouped-inserts.mjs';
import { PostgresInserts } from './postgres-inserts.mjs';

const { PORT, DATABASE, STRIPE_WEBHOOK_SECRET: secret } = process.env;
const TOLERANCE_SECONDS = 300;

const database = await openDatabase(DATABASE);
if (!isPostgres(DATABASE)) {
  await database.run('PRAGMA journal_mode = WAL');
  await database.run('PRAGMA synchronous = FULL');
  await database.run('PRAGMA wal_autocheckpoint = 16000');
}
await database.run(EVENTS_TABLE);
const inserts = isPostgres(DATABASE) ? new PostgresInserts(database) : new GroupedInserts(database);

createServer((request, response) => {
  if (request.method !== 'POST') return response.writeHead(200).end();
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    if (!isSigned(body, request.headers['stripe-signature'])) return response.writeHead(400).end();
    inserts.add(JSON.parse(body), body, (error) =>
      error ? response.writeHead(503).end() : response.writeHead(200, answerHeaders).end(ANSWER),
    );
  });
}).listen(Number(PORT), '127.0.0.1');

/** A header as `t=…,v1=…`. */
function isSigned(body, header = '') {
  const timestamp = header.slice(2, header.indexOf(','));
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
  const given = Buffer.from(header.slice(header.indexOf('v1=') + 3), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
