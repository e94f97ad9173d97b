import { API_VERSION } from '../../stripe/stripe-client.js';
import type { StripeEventType, WebhookEndpoint } from '../../stripe/stripe.types.js';
import { BlockList, isIP } from 'node:net';

/** What an endpoint of ours has to be. */
export interface WantedEndpoint {
  url: string;
  events: readonly StripeEventType[];
  appName: string;
}

/** How an endpoint at our address differs from what it has to be. */
export interface EndpointDifferences {
  /** Its own version, where that is not the SDK's; `null` is the account's default. Cannot be changed. */
  otherVersion?: { found: string | null };
  disabled: boolean;
  /** Events that handlers exist for, and that it does not send. */
  missing: string[];
  /** Events that it sends, and that nobody handles. */
  surplus: string[];
}

/** The endpoints at our address: the one to keep, if there is one, and the others. */
export interface OwnEndpoints {
  /** Of the SDK's API version; one that is enabled before one that is not, the newest of them. */
  kept: WebhookEndpoint | undefined;
  others: WebhookEndpoint[];
}

export const isEnabled = ({ status }: WebhookEndpoint): boolean => status === 'enabled';

export const isOfOurVersion = ({ api_version: version }: WebhookEndpoint): boolean => version === API_VERSION;

export function compareEndpoint(endpoint: WebhookEndpoint, { events }: WantedEndpoint): EndpointDifferences {
  const sent = new Set(endpoint.enabled_events);
  const handled = new Set<string>(events);
  return {
    ...(!isOfOurVersion(endpoint) && { otherVersion: { found: endpoint.api_version } }),
    disabled: !isEnabled(endpoint),
    missing: sent.has('*') ? [] : events.filter((type) => !sent.has(type)),
    surplus: endpoint.enabled_events.filter((type) => !handled.has(type)),
  };
}

/** Which of the account's endpoints are ours: at our address, and not marked as another app's or made by a Connect platform. */
export function ownEndpoints(all: readonly WebhookEndpoint[], { url, appName }: WantedEndpoint): OwnEndpoints {
  const own = all
    .filter((endpoint) => isSameAddress(endpoint.url, url) && endpoint.application === null)
    .filter(({ metadata: { app_name: owner } }) => owner === undefined || owner === appName)
    .toSorted(byUse);
  const kept = own.find(isOfOurVersion);
  return { kept, others: own.filter((endpoint) => endpoint !== kept) };
}

/** Of two of the same second, Stripe lists the newer first. */
const byUse = (a: WebhookEndpoint, b: WebhookEndpoint): number =>
  Number(isEnabled(b)) - Number(isEnabled(a)) || b.created - a.created;

const isSameAddress = (one: string, other: string): boolean =>
  URL.canParse(one) && new URL(one).href === new URL(other).href;

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(network, prefix);
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6');

/** Names that no public DNS has. */
const LOCAL_NAME =
  /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa|test|example|invalid)$/;

/** Whether somebody elsewhere could reach this address, going by the address alone. */
export function isPublicAddress(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family !== 0) return !PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
  return host.includes('.') && !LOCAL_NAME.test(host);
}
