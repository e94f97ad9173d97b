import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { shape } from '../conventions/params/index.js';
import { balanceOf } from '../payments/balance-object.js';

export function balanceRoutes(api: ApiRouter): void {
  api.get(
    '/balance',
    endpoint(shape({}), ({ tx }) => balanceOf(tx)),
  );
}
