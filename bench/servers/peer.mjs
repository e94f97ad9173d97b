// A webhook endpoint as people build it with care today: Express, the SDK's check, one INSERT an event, then 200.
import express from 'express';
import Stripe from 'stripe';
import { openDatabase } from '../data/database.mjs';
import { EVENTS_TABLE } from './events-table.mjs';

const { PORT, DATABASE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = process.env;
const stripe = new Stripe(STRIPE_SECRET_KEY, { telemetry: false });
const database = await openDatabase(DATABASE);
await database.run('PRAGMA journal_mode = WAL');
await database.run('PRAGMA synchronous = FULL');
await database.run(EVENTS_TABLE);

const app = express();
app.get('/health/ready', (_request, response) => response.json({ status: 'ok' }));
app.post('/webhook', express.raw({ type: 'application/json' }), async (request, response) => {
  let event;
  try {
    event = stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'], STRIPE_WEBHOOK_SECRET);
  } catch (error) {
    return response.status(400).send(`Webhook Error: ${error.message}`);
  }
  await database.run(
    `INSERT INTO webhook_events (id, type, payload, status, created_at, received_at)
     VALUES (?, ?, ?, 'pending', ?, ?) ON CONFLICT DO NOTHING`,
    [event.id, event.type, request.body.toString(), event.created * 1_000, Date.now()],
  );
  response.json({ received: true });
});
app.listen(Number(PORT), '127.0.0.1');
