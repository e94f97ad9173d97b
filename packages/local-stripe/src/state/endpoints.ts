import type { Objects } from './objects.js';
import type { WebhookEndpoint } from '../model/wire.js';

/** Whether this is one of `forwardTo`. Like `stripe listen`, these take all events and are in no list of the API. */
export const isListener = (endpointId: string): boolean => endpointId.startsWith('listener');

/** The endpoint id of an address of `forwardTo` in the state file: `listener`, `listener_2`, … */
export const listenerId = (index: number): string => (index === 0 ? 'listener' : `listener_${index + 1}`);

/** Stripe allows sixteen. */
const MOST_ENDPOINTS = 100;

/** An address for events and its signing secret. */
export interface Destination {
  url: string;
  secret: string;
  /** `api_version` of its events. Defaults to this server's. The objects have the current shape in any case. */
  apiVersion?: string;
}

/** The first version with `refund.*` events; before it there is only `charge.refund.updated`. */
const REFUND_EVENTS_SINCE = '2024-10-28';

const isKnownTo = ({ api_version: version }: WebhookEndpoint, type: string): boolean =>
  !type.startsWith('refund.') || (version ?? REFUND_EVENTS_SINCE) >= REFUND_EVENTS_SINCE;

/** The receivers of events: `forwardTo` and the webhook endpoints of the API. Use inside a transaction. */
export class Endpoints {
  private found: Promise<WebhookEndpoint[]> | undefined;

  constructor(
    private readonly objects: Objects,
    /** By their ids. */
    private readonly listeners: ReadonlyMap<string, Destination>,
  ) {}

  /**
   * The ids of the endpoints that take this type, oldest first. `account`: that of a connected account, whose events go to
   * endpoints made with `connect`; empty: the platform's own, whose events go to the others.
   */
  async wanting(type: string, account = ''): Promise<string[]> {
    const takes = (endpoint: WebhookEndpoint): boolean =>
      isKnownTo(endpoint, type) && ['*', type].some((wanted) => endpoint.enabled_events.includes(wanted));
    const wanting: WebhookEndpoint[] = [];
    for (const endpoint of await this.enabled()) {
      if (takes(endpoint) && (await this.isForConnected(endpoint)) === (account !== '')) wanting.push(endpoint);
    }
    return [...this.listeners.keys(), ...wanting.map(({ id }) => id).toReversed()];
  }

  private async isForConnected({ id }: WebhookEndpoint): Promise<boolean> {
    return (await this.objects.findNotes('webhook_endpoint', id))?.connect === true;
  }

  /** The ids of all enabled endpoints. */
  async open(): Promise<string[]> {
    return [...this.listeners.keys(), ...(await this.enabled()).map(({ id }) => id)];
  }

  /** Address and secret of an endpoint; undefined where it was deleted. */
  async destination(id: string): Promise<Destination | undefined> {
    if (isListener(id)) return this.listeners.get(id);
    const endpoint = await this.objects.find('webhook_endpoint', id);
    if (!endpoint) return undefined;
    const { secret } = await this.objects.notes('webhook_endpoint', id);
    return { url: endpoint.url, secret, ...(endpoint.api_version !== null && { apiVersion: endpoint.api_version }) };
  }

  /** Read once per transaction: no call changes endpoints and records events. */
  private enabled(): Promise<WebhookEndpoint[]> {
    this.found ??= this.objects.list('webhook_endpoint', { limit: MOST_ENDPOINTS, where: { status: 'enabled' } });
    return this.found;
  }
}
