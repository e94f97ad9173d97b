import { API_VERSION } from '../../stripe/stripe-client.js';
import type { StripeEventType, WebhookEndpoint } from '../../stripe/stripe.types.js';
import { BlockList, isIP } from 'node:net';

/** Our webhook endpoint as it should be. */
export interface WantedEndpoint {
  url: string;
  events: readonly StripeEventType[];
  appName: string;
}

/** How an endpoint at our address differs from what it should be. */
export interface EndpointDifferences {
  /** Its API version, where that is not the SDK's; `null` is the account's default. It cannot be changed. */
  otherVersion?: { found: string | null };
  disabled: boolean;
  /** Handled types that it does not send. */
  missing: string[];
  /** Types that it sends and that have no handler. */
  surplus: string[];
}

/** The endpoints at our address: the one to keep, if there is one, and the others. */
export interface OwnEndpoints {
  /** The newest enabled one of the SDK's API version; the newest disabled one where none is enabled. */
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

/** The endpoints at our address that no other app (by `metadata.app_name`) and no Connect platform created. */
export function ownEndpoints(all: readonly WebhookEndpoint[], { url, appName }: WantedEndpoint): OwnEndpoints {
  const own = all
    .filter((endpoint) => isSameAddress(endpoint.url, url) && endpoint.application === null)
    .filter(({ metadata: { app_name: owner } }) => owner === undefined || owner === appName)
    .toSorted(byUse);
  const kept = own.find(isOfOurVersion);
  return { kept, others: own.filter((endpoint) => endpoint !== kept) };
}

/** Enabled before disabled, then the newer first. Two of the same second stay in Stripe's order, which is newest first. */
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

/** Host names that no public DNS resolves. */
const LOCAL_NAME =
  /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa|test|example|invalid)$/;

/** Whether an address can be reached from the internet, by its host alone: nothing is resolved or asked. */
export function isPublicAddress(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family !== 0) return !PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
  return host.includes('.') && !LOCAL_NAME.test(host);
}
