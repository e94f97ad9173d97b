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

/** An enabled endpoint of the API. */
interface Enabled {
  endpoint: WebhookEndpoint;
  destination: Destination;
  /** Whether it takes the events of connected accounts, and not the platform's own. */
  connect: boolean;
}

/** The enabled endpoints, as long as none is changed; one for each state file. They change seldom and are needed for each event. */
export interface EndpointsInUse {
  enabled?: readonly Enabled[] | undefined;
}

/** The receivers of events: `forwardTo` and the webhook endpoints of the API. Use inside a transaction. */
export class Endpoints {
  private changing = false;

  constructor(
    private readonly objects: Objects,
    /** By their ids. */
    private readonly listeners: ReadonlyMap<string, Destination>,
    private readonly inUse: EndpointsInUse,
  ) {}

  /**
   * The ids of the endpoints that take this type, oldest first. `account`: that of a connected account, whose events go to
   * endpoints made with `connect`; empty: the platform's own, whose events go to the others.
   */
  async wanting(type: string, account = ''): Promise<string[]> {
    const takes = ({ endpoint, connect }: Enabled): boolean =>
      connect === (account !== '') &&
      isKnownTo(endpoint, type) &&
      ['*', type].some((wanted) => endpoint.enabled_events.includes(wanted));
    const wanting = (await this.enabled()).filter(takes);
    return [...this.listeners.keys(), ...wanting.map(({ endpoint }) => endpoint.id).toReversed()];
  }

  /** Where events go to, by the ids of all enabled endpoints. */
  async open(): Promise<ReadonlyMap<string, Destination>> {
    const enabled = await this.enabled();
    return new Map([
      ...this.listeners,
      ...enabled.map(({ endpoint: { id }, destination }) => [id, destination] as const),
    ]);
  }

  /** Address and secret of an endpoint; undefined where it was deleted. */
  async destination(id: string): Promise<Destination | undefined> {
    if (isListener(id)) return this.listeners.get(id);
    const found = await this.objects.findNoted('webhook_endpoint', id);
    return found && destinationOf(found.object, found.notes.secret);
  }

  /** Endpoints are read again: one is changed. What this transaction reads is not kept, since it may be rolled back. */
  changed(): void {
    this.inUse.enabled = undefined;
    this.changing = true;
  }

  private async enabled(): Promise<readonly Enabled[]> {
    if (this.inUse.enabled) return this.inUse.enabled;
    const enabled = await this.readEnabled();
    if (!this.changing) this.inUse.enabled = enabled;
    return enabled;
  }

  private async readEnabled(): Promise<Enabled[]> {
    const where = { status: 'enabled' };
    const enabled: Enabled[] = [];
    for (const endpoint of await this.objects.list('webhook_endpoint', { limit: MOST_ENDPOINTS, where })) {
      const { secret, connect = false } = await this.objects.notes('webhook_endpoint', endpoint.id);
      enabled.push({ endpoint, destination: destinationOf(endpoint, secret), connect });
    }
    return enabled;
  }
}

const destinationOf = ({ url, api_version: version }: WebhookEndpoint, secret: string): Destination => ({
  url,
  secret,
  ...(version !== null && { apiVersion: version }),
});
