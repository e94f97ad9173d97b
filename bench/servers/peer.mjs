// A webhook endpoint as people build it with care today: Express, the SDK's check, one INSERT an event, then 200.
import express from 'express';
import pg from 'pg';
import Stripe from 'stripe';
import { openDatabase } from '../data/database.mjs';
import { isPostgres } from '../data/postgres.mjs';
import { EVENTS_TABLE } from './webhook-events-table.mjs';

const { PORT, DATABASE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = process.env;
const { Pool } = pg;
const stripe = new Stripe(STRIPE_SECRET_KEY, { telemetry: false });
const database = isPostgres(DATABASE)
  ? new Pool({ connectionString: DATABASE, max: 10 })
  : await openDatabase(DATABASE);
const run = (sql, values) => (isPostgres(DATABASE) ? database.query(sql, values) : database.run(sql, values));
if (!isPostgres(DATABASE)) {
  await run('PRAGMA journal_mode = WAL');
  await run('PRAGMA synchronous = FULL');
}
await run(EVENTS_TABLE);

const app = express();
app.get('/health/ready', (_request, response) => response.json({ status: 'ok' }));
app.post('/webhook', express.raw({ type: 'application/json' }), async (request, response) => {
  let event;
  try {
    event = stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'], STRIPE_WEBHOOK_SECRET);
  } catch (error) {
    return response.status(400).send(`Webhook Error: ${error.message}`);
  }
  await run(
    `INSERT INTO webhook_events (id, type, payload, status, created_at, received_at)
     VALUES ($1, $2, $3, 'pending', $4, $5) ON CONFLICT DO NOTHING`,
    [event.id, event.type, request.body.toString(), event.created * 1_000, Date.now()],
  );
  response.json({ received: true });
});
app.listen(Number(PORT), '127.0.0.1');
