import { isUtf8 } from 'node:buffer';

/** What the inbox needs to know of an event, whatever its kind. The rest stays in the payload. */
export interface IncomingEvent {
  id: string;
  type: string;
  livemode: boolean;
  /** A thin event names an object without carrying it (`v2.core.event`). */
  thin: boolean;
  /** Whether `data.object` is an object: the thing that a handler would look at. */
  carriesObject: boolean;
  /** The connected account it happened on, or the context within an organisation; none for what happened on our own account. */
  account: string | undefined;
  /** The version of the API that its object is shaped after, where it says so. */
  apiVersion: string | undefined;
  /** The `app_name` in the metadata of the event's object, where it has one. */
  appName: string | undefined;
  createdAt: Date;
  /** The bytes as they came, UTF-8. */
  body: Buffer;
  /** As they were read; `undefined` where only their two ends were (`event-outline.ts`). */
  content: Readonly<Record<string, unknown>> | undefined;
}

/** Reads a verified body. `undefined` for anything that is not an event. */
export function readEvent(body: Buffer): IncomingEvent | undefined {
  const read = isUtf8(body) ? parse(body.toString('utf8')) : undefined;
  if (!isRecord(read) || typeof read.id !== 'string' || typeof read.type !== 'string') return undefined;
  if (!/^evt_\w{1,250}$/.test(read.id) || read.type.length > 250) return undefined;
  const thin = read.object === 'v2.core.event';
  if (!thin && (read.object !== 'event' || !isRecord(read.data))) return undefined;
  const { created } = read;
  const isMoment = typeof created === 'number' || (thin && typeof created === 'string');
  if (!isMoment) return undefined;
  const createdAt = new Date(typeof created === 'number' ? created * 1_000 : created);
  if (Number.isNaN(createdAt.getTime())) return undefined;
  return {
    id: read.id,
    type: read.type,
    livemode: read.livemode === true,
    thin,
    carriesObject: isRecord(read.data) && isRecord(read.data.object),
    account: otherAccountOf(read),
    apiVersion: typeof read.api_version === 'string' ? read.api_version : undefined,
    appName: appNameOf(read),
    createdAt,
    body,
    content: read,
  };
}

/** As much of an account's name as is worth keeping. */
const LONGEST_ACCOUNT = 100;

/** The account that an event names as not our own. */
export function otherAccountOf({ account, context }: { account?: unknown; context?: unknown }): string | undefined {
  const named = account || context;
  if (!named) return undefined;
  return typeof named === 'string' ? named.slice(0, LONGEST_ACCOUNT) : 'without a name';
}

function appNameOf({ data }: Record<string, unknown>): string | undefined {
  const object = isRecord(data) ? data.object : undefined;
  const metadata = isRecord(object) ? object.metadata : undefined;
  return isRecord(metadata) && typeof metadata.app_name === 'string' ? metadata.app_name : undefined;
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

/** The parts of an event's object that may say which payment it is about. */
interface Named {
  id?: unknown;
  object?: unknown;
  metadata?: unknown;
  payment_intent?: unknown;
}

/**
 * The payment an event is about, as far as its object says: our own id of it (`metadata.payment_id`), else its Payment Intent,
 * else its Checkout Session. For people who look for it: each is taken by `payments show`.
 */
export function paymentOf(content: unknown): string | undefined {
  const object = memberOf(memberOf(content, 'data'), 'object') as Named | undefined;
  const { id, object: kind, metadata, payment_intent: intent } = object ?? {};
  const own = kind === 'payment_intent' || kind === 'checkout.session' ? id : undefined;
  return textOf(memberOf(metadata, 'payment_id')) ?? textOf(intent) ?? textOf(memberOf(intent, 'id')) ?? textOf(own);
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** As long as an id of Stripe's may be. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w-]{1,255}$/.test(value) ? value : undefined;
