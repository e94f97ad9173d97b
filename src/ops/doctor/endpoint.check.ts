import { API_VERSION } from '../../stripe/stripe-client.js';
import type { WebhookEndpoint } from '../../stripe/stripe.types.js';
import {
  compareEndpoint,
  isEnabled,
  ownEndpoints,
  type WantedEndpoint,
} from '../../webhook/endpoint/endpoint-comparison.js';
import { fault, ok, type Outcome, warning } from './check.js';

const SYNC = 'Run webhooks sync';

/** Compares the endpoint that delivers events with what it should be. */
export function checkEndpoint(all: readonly WebhookEndpoint[], wanted: WantedEndpoint): Outcome | Outcome[] {
  const { kept, others } = ownEndpoints(all, wanted);
  const endpoint = kept ?? others[0];
  if (!endpoint) return missing(all, wanted);
  const { id } = endpoint;
  const { otherVersion, disabled, missing: absent, surplus } = compareEndpoint(endpoint, wanted);
  const delivering = [endpoint, ...others].filter(isEnabled);
  const wrong: Outcome[] = [
    ...(otherVersion
      ? [
          fault(
            `${id} sends API version ${otherVersion.found ?? "of the account's default"}, and the app is written for ${API_VERSION}`,
            `${SYNC}: it makes another beside it, since a version cannot be changed`,
          ),
        ]
      : []),
    ...(disabled ? [fault(`${id} is disabled`, `${SYNC}, which enables it`)] : []),
    ...(absent.length > 0 ? [fault(`${id} does not send ${absent.join(', ')}`, SYNC)] : []),
    ...(surplus.length > 0
      ? [
          warning(
            `${id} sends what nobody handles: ${surplus.join(', ')}`,
            `${SYNC}; such events are stored as ignored`,
          ),
        ]
      : []),
    ...(delivering.length > 1
      ? [
          warning(
            `${delivering.map((each) => each.id).join(' and ')} deliver to the same address`,
            'Run webhooks sync --disable-others, once the secret of the kept one is set',
          ),
        ]
      : []),
  ];
  return wrong.length > 0 ? wrong : ok(`${id} sends ${wanted.events.length} events to ${wanted.url}`);
}

/** There is no endpoint for our address, but perhaps one of ours for another. */
function missing(all: readonly WebhookEndpoint[], { url, appName }: WantedEndpoint): Outcome {
  const elsewhere = all.filter(({ metadata }) => metadata['app_name'] === appName);
  const others = elsewhere.map((each) => `${each.id} of this app goes to ${each.url}`);
  return fault(
    [`none at Stripe for ${url}`, ...others].join('; '),
    others.length > 0
      ? `If the app has moved here, run webhooks sync; if not, correct DOMAIN_URL`
      : `${SYNC}; without one, events come only while \`stripe listen\` or the local Stripe delivers here`,
  );
}
