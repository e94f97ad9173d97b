import { request } from 'node:http';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

describe('a path', () => {
  let shop: Shop;
  let sender: WebhookSender;
  beforeAll(async () => {
    shop = await startShop();
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
  });
  afterAll(() => shop.stop());

  /** As it is written: fetch would tidy it up. */
  const deliverTo = (path: string, body: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { 'stripe-signature': sender.sign(body), 'content-type': 'application/json' };
      request(shop.url, { path, method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end(body);
    });

  it.each(['/webhook', '/webhook/', '/webhook?source=stripe', '/webhook/?source=stripe'])(
    '%s takes a delivery, with the bytes that were signed [G3]',
    async (path) => {
      const event = anEvent('customer.created', { id: 'cus_1' } as never);
      expect(await deliverTo(path, printed(event))).toBe(200);
      expect((await shop.app.get(EventLog).find(event.id))?.event.payload).toBe(printed(event));
    },
  );

  it.each(['/WEBHOOK', '/Webhook', '/webhooK?x=1', '//webhook', '/webhook//', '/webhook/x', '/webhooks', '/%77ebhook'])(
    '%s is not that of the webhook: 404 [G3]',
    async (path) => {
      const event = anEvent('customer.created', { id: 'cus_1' } as never);
      expect(await deliverTo(path, printed(event))).toBe(404);
      expect(await shop.app.get(EventLog).find(event.id)).toBeUndefined();
    },
  );

  it.each(['/Account', '/ACCOUNT', '/Success', '/Cancel', '/Health/live', '/account/Payments/1', '/ASSETS/app.css'])(
    '%s differs from the page in small letters: 404 [G3]',
    async (path) => expect((await shop.customer().get(path)).status).toBe(404),
  );

  it.each(['/account', '/account/', '/health/live', '/assets/app.css'])('%s is there', async (path) =>
    expect((await shop.customer().get(path)).status).toBe(200),
  );
});
