import { isUtf8 } from 'node:buffer';
import { identifierOf, idOf } from '../stripe/stripe-fields.js';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';

/** A verified event: what the inbox stores of it, and what decides whether it is handled. */
export interface IncomingEvent {
  /** Stripe's `evt_…`. */
  id: string;
  type: string;
  livemode: boolean;
  /** A thin event (`v2.core.event`) names an object without carrying it. */
  thin: boolean;
  /** Whether `data.object` is an object, which is what handlers read. */
  carriesObject: boolean;
  /** The connected account, or the context within an organisation, where it happened; `undefined`: our own account. */
  account: string | undefined;
  /** The API version its object is shaped after; `undefined` where the event has none. */
  apiVersion: string | undefined;
  /** `metadata.app_name` of the event's object, where it has one. */
  appName: string | undefined;
  /** Stripe's clock, whole seconds. */
  createdAt: Date;
  /** The request's bytes, UTF-8: they are stored as they came. */
  body: Buffer;
  /** The body as read, for the handlers. Only what this file checks is certain to be there. */
  content: StripeEventOf<StripeEventType>;
}

/** Reads a verified body. `undefined` for anything that is not an event. */
export function readEvent(body: Buffer): IncomingEvent | undefined {
  const read = isUtf8(body) ? parse(body.toString('utf8')) : undefined;
  if (!isRecord(read) || typeof read.id !== 'string' || typeof read.type !== 'string') return undefined;
  if (!/^evt_\w{1,250}$/.test(read.id) || read.type.length > 250) return undefined;
  const thin = read.object === 'v2.core.event';
  if (!thin && (read.object !== 'event' || !isRecord(read.data))) return undefined;
  const createdAt = dateOf(read.created, thin);
  if (!createdAt) return undefined;
  const object = isRecord(read.data) && isRecord(read.data.object) ? read.data.object : undefined;
  const metadata = isRecord(object?.metadata) ? object.metadata : undefined;
  return {
    id: read.id,
    type: read.type,
    livemode: read.livemode === true,
    thin,
    carriesObject: object !== undefined,
    account: otherAccountOf(read),
    apiVersion: typeof read.api_version === 'string' ? read.api_version : undefined,
    appName: typeof metadata?.app_name === 'string' ? metadata.app_name : undefined,
    createdAt,
    body,
    content: read as unknown as IncomingEvent['content'],
  };
}

/** Seconds since 1970, or an ISO date where the event is thin. `undefined` where it is neither. */
function dateOf(created: unknown, thin: boolean): Date | undefined {
  if (typeof created !== 'number' && !(thin && typeof created === 'string')) return undefined;
  const date = new Date(typeof created === 'number' ? created * 1_000 : created);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Characters of an account's id that are stored. */
const MAX_ACCOUNT_LENGTH = 100;

/** The account or context that an event names in `account` or `context`; `undefined`: our own account. */
export function otherAccountOf({ account, context }: { account?: unknown; context?: unknown }): string | undefined {
  const named = account || context;
  if (!named) return undefined;
  return typeof named === 'string' ? named.slice(0, MAX_ACCOUNT_LENGTH) : 'without a name';
}

/**
 * The payment an event is about, for log lines and the command line: our own id of it (`metadata.payment_id`), else its Payment
 * Intent, else its Checkout Session. `payments show` takes each of them. `undefined` where its object names none.
 */
export function paymentOf(event: { data?: unknown } | undefined): string | undefined {
  const object = isRecord(event?.data) && isRecord(event.data.object) ? event.data.object : {};
  const { id, object: kind, metadata, payment_intent: intent } = object;
  const own = kind === 'payment_intent' || kind === 'checkout.session' ? id : undefined;
  return (
    identifierOf(isRecord(metadata) ? metadata.payment_id : undefined) ??
    identifierOf(idOf(intent as string | { id: string } | null)) ??
    identifierOf(own)
  );
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
