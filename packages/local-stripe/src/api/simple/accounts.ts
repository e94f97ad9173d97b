import type { ApiRouter } from '../../conventions/api-router.js';
import { endpoint } from '../../conventions/endpoint.js';
import { changeMetadata, metadata, optional, sdkObject, shape, text } from '../../conventions/params/index.js';
import { unixNow } from '../../model/clock.js';
import { newId } from '../../model/ids.js';
import type { Account, StoredObject } from '../../model/wire.js';
import { findOr404 } from '../reading.js';
import { simpleRoutes } from './resource.js';

const object = optional(sdkObject('POST /v1/accounts'));

const accountParams = shape({
  business_profile: object,
  business_type: optional(text),
  capabilities: object,
  company: object,
  controller: object,
  country: optional(text),
  default_currency: optional(text),
  email: optional(text),
  individual: object,
  metadata: optional(metadata),
  settings: object,
  tos_acceptance: object,
  type: optional(text),
});

/** Connected accounts: kept, with nothing switched on. */
export function accountRoutes(api: ApiRouter): void {
  simpleRoutes(api, {
    kind: 'account',
    path: '/accounts',
    params: accountParams,
    make: async (_, said): Promise<Account> =>
      ({
        id: newId('account'),
        object: 'account',
        business_profile: said.business_profile ?? null,
        business_type: said.business_type ?? null,
        capabilities: {},
        charges_enabled: false,
        country: said.country ?? 'US',
        created: unixNow(),
        default_currency: said.default_currency ?? 'usd',
        details_submitted: false,
        email: said.email ?? null,
        metadata: changeMetadata({}, said.metadata),
        payouts_enabled: false,
        settings: said.settings ?? {},
        tos_acceptance: { date: null, ip: null, user_agent: null },
        type: said.type ?? 'none',
      }) as unknown as Account,
    events: { updated: 'account.updated' },
  });
  api.delete('/accounts/:id', remove);
}

/** The platform gets an event that it has no access any more. */
const remove = endpoint(shape({}), async ({ tx, id }) => {
  await findOr404(tx, 'account', id);
  await tx.objects.remove(id);
  const application = { id: 'ca_sandbox', object: 'application', name: null };
  await tx.events.record('account.application.deauthorized', application as unknown as StoredObject);
  return { id, object: 'account', deleted: true };
});
