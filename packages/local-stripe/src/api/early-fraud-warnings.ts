import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { optional, shape, text } from '../conventions/params/index.js';
import { retrieving } from './reading.js';

const filters = shape({ ...pageParams, charge: optional(text), created, payment_intent: optional(text) });

const listAll = endpoint(filters, ({ tx, params: { charge, payment_intent, ...rest }, path }) =>
  page(tx, 'radar.early_fraud_warning', path, { ...rest, where: { charge, payment_intent } }),
);

export function earlyFraudWarningRoutes(api: ApiRouter): void {
  api.get('/radar/early_fraud_warnings', listAll);
  api.get('/radar/early_fraud_warnings/:id', retrieving('radar.early_fraud_warning'));
}
