import type { Objects } from '../state/objects.js';
import type { WebhookEndpoint } from '../wire.js';

/** Whether this is an address that the sandbox was started with: like that of `stripe listen` it takes everything and is in no list. */
export const isListener = (endpointId: string): boolean => endpointId.startsWith('listener');

/** The first is `listener`, the second `listener_2`: the ids that deliveries in the state file carry. */
export const listenerId = (index: number): string => (index === 0 ? 'listener' : `listener_${index + 1}`);

/** Stripe allows sixteen. */
const MOST_ENDPOINTS = 100;

/** Where events go, and what they are signed with. */
export interface Destination {
  url: string;
  secret: string;
  /** The API version that its events name; left out: the sandbox's own. Their objects have today's shape all the same. */
  apiVersion?: string;
}

/** Since this version refunds have events of their own; before, `charge.refund.updated` tells of them alone. */
const REFUND_EVENTS_SINCE = '2024-10-28';

const isKnownTo = ({ api_version: version }: WebhookEndpoint, type: string): boolean =>
  !type.startsWith('refund.') || (version ?? REFUND_EVENTS_SINCE) >= REFUND_EVENTS_SINCE;

/** Every place that wants events: the listener and the webhook endpoints made over the API. Use inside a transaction. */
export class Endpoints {
  private found: Promise<WebhookEndpoint[]> | undefined;

  constructor(
    private readonly objects: Objects,
    /** By their ids. */
    private readonly listeners: ReadonlyMap<string, Destination>,
  ) {}

  /** The ids of those that an event of this type goes to, in the order in which they were set up. */
  async wanting(type: string): Promise<string[]> {
    const wanting = (await this.enabled()).filter(
      (endpoint) => isKnownTo(endpoint, type) && ['*', type].some((wanted) => endpoint.enabled_events.includes(wanted)),
    );
    return [...this.listeners.keys(), ...wanting.map(({ id }) => id).toReversed()];
  }

  /** The ids of all that can be delivered to. */
  async open(): Promise<string[]> {
    return [...this.listeners.keys(), ...(await this.enabled()).map(({ id }) => id)];
  }

  /** Undefined where it was deleted meanwhile. */
  async destination(id: string): Promise<Destination | undefined> {
    if (isListener(id)) return this.listeners.get(id);
    const endpoint = await this.objects.find('webhook_endpoint', id);
    if (!endpoint) return undefined;
    const { secret } = await this.objects.notes('webhook_endpoint', id);
    return { url: endpoint.url, secret, ...(endpoint.api_version !== null && { apiVersion: endpoint.api_version }) };
  }

  /** Asked for once: no call both changes an endpoint and makes events. */
  private enabled(): Promise<WebhookEndpoint[]> {
    this.found ??= this.objects.list('webhook_endpoint', { limit: MOST_ENDPOINTS, where: { status: 'enabled' } });
    return this.found;
  }
}
