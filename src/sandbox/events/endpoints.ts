import type { Objects } from '../state/objects.js';
import type { WebhookEndpoint } from '../wire.js';

/** The endpoint that the sandbox was started with. Like that of `stripe listen` it takes everything and is in no list. */
export const LISTENER = 'listener';

/** Stripe allows sixteen. */
const MOST_ENDPOINTS = 100;

/** Where events go, and what they are signed with. */
export interface Destination {
  url: string;
  secret: string;
}

/** Every place that wants events: the listener and the webhook endpoints made over the API. Use inside a transaction. */
export class Endpoints {
  private found: Promise<WebhookEndpoint[]> | undefined;

  constructor(
    private readonly objects: Objects,
    private readonly listener: Destination | undefined,
  ) {}

  /** The ids of those that an event of this type goes to, in the order in which they were set up. */
  async wanting(type: string): Promise<string[]> {
    const wanting = (await this.enabled()).filter(
      ({ enabled_events: types }) => types.includes('*') || types.includes(type),
    );
    return [...(this.listener ? [LISTENER] : []), ...wanting.map(({ id }) => id).toReversed()];
  }

  /** The ids of all that can be delivered to. */
  async open(): Promise<string[]> {
    return [...(this.listener ? [LISTENER] : []), ...(await this.enabled()).map(({ id }) => id)];
  }

  /** Undefined where it was deleted meanwhile. */
  async destination(id: string): Promise<Destination | undefined> {
    if (id === LISTENER) return this.listener;
    const endpoint = await this.objects.find('webhook_endpoint', id);
    return endpoint && { url: endpoint.url, secret: (await this.objects.notes('webhook_endpoint', id)).secret };
  }

  /** Asked for once: no call both changes an endpoint and makes events. */
  private enabled(): Promise<WebhookEndpoint[]> {
    this.found ??= this.objects.list('webhook_endpoint', { limit: MOST_ENDPOINTS, where: { status: 'enabled' } });
    return this.found;
  }
}
