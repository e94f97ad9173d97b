import express, { type Router } from 'express';

export interface WebhookSwitch {
  holdWebhooks(): void;
  releaseWebhooks(): void;
}

/** `POST /_sandbox/webhooks/hold` and `/release`: what a test says to keep deliveries back and let them go. */
export function controlRoutes(webhooks: WebhookSwitch): Router {
  const router = express.Router();
  router.post('/webhooks/hold', (_request, response) => {
    webhooks.holdWebhooks();
    response.json({ held: true });
  });
  router.post('/webhooks/release', (_request, response) => {
    webhooks.releaseWebhooks();
    response.json({ held: false });
  });
  return router;
}
