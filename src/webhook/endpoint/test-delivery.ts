import { randomBytes } from 'node:crypto';
import { API_VERSION } from '../../stripe/stripe-client.js';
import { signDelivery } from '../../stripe/webhook-signature.js';
import { toUnixSeconds } from '../../stripe/stripe-fields.js';
import { type Answered, requestFromOutside, type Unanswered } from './outside-request.js';
import { machineNow } from '../../time/clock.js';

/** A type without a handler: the event is stored as ignored. */
const TYPE = 'nest_stripe_billing.test_delivery';

export interface TestDeliveryOptions {
  url: string;
  /** Signing secrets that the running app should accept; each is tried. */
  secrets: readonly string[];
  livemode: boolean;
  appName: string;
  /** The event's id. Defaults to a new one; an id that was stored before is stored no second time. */
  id?: string;
}

/** The answer to a test delivery, and whether it is the right one. */
export interface TestedDelivery {
  /** What was sent, such as `signed`. */
  name: string;
  ok: boolean;
  found: string;
  /** How to fix it; `null` where it is right. */
  todo: string | null;
  answer: Answered | Unanswered;
}

/** Sends a signed event without effect, once with each secret, as Stripe does. */
export async function deliverSigned(options: TestDeliveryOptions): Promise<TestedDelivery[]> {
  const tested: TestedDelivery[] = [];
  for (const [at, secret] of options.secrets.entries()) {
    const name = options.secrets.length === 1 ? 'signed' : `signed with secret ${at + 1} of ${options.secrets.length}`;
    const answer = await deliver(options, secret);
    tested.push({ name, answer, ...verdict(answer, judgeSigned) });
  }
  return tested;
}

/** Sends an event that is signed with a random secret: it must be refused. */
export async function deliverForged(options: TestDeliveryOptions): Promise<TestedDelivery> {
  const answer = await deliver(options, `whsec_${randomBytes(24).toString('hex')}`);
  return { name: 'forged', answer, ...verdict(answer, judgeForged) };
}

function deliver({ url, livemode, appName, id }: TestDeliveryOptions, secret: string) {
  const event = {
    id: id ?? `evt_test_${randomBytes(12).toString('hex')}`,
    object: 'event',
    api_version: API_VERSION,
    created: toUnixSeconds(machineNow()),
    data: { object: { id: 'test_delivery', object: 'test_delivery', metadata: { app_name: appName } } },
    livemode,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: TYPE,
  };
  const body = JSON.stringify(event, null, 2);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'nest-stripe-billing (webhooks test)',
    'stripe-signature': signDelivery(body, secret),
  };
  return requestFromOutside(url, { method: 'POST', headers, body });
}

/** What was found, and how to fix it; `null` where it is right. */
interface Verdict {
  found: string;
  todo: string | null;
}

function verdict(answer: Answered | Unanswered, judge: (answer: Answered) => Verdict): Verdict & { ok: boolean } {
  const { found, todo } = answer.outcome === 'answered' ? judge(answer) : answer;
  return { found, todo, ok: todo === null };
}

function judgeSigned(answer: Answered): Verdict {
  const { status, ms } = answer;
  const found = `${status}${describeBody(answer)}`;
  if (status === 200 && isReceived(answer)) return { found: `200, stored, in ${ms} ms`, todo: null };
  if (status >= 200 && status < 300)
    return { found, todo: 'Something else answers there: let POST /webhook of this address reach the app' };
  if (status >= 300 && status < 400) return judgeRedirect(answer);
  if (!isOurs(answer)) return { found, todo: proxyFix(status) };
  if (status === 400)
    return {
      found,
      todo: 'Start the running app again with the STRIPE_WEBHOOK_SECRET that this command was given; if the times differ, set the clocks (NTP)',
    };
  if (status === 503) return { found, todo: "See the app's log: its database takes nothing (a full disk, a lock)" };
  return { found, todo: "See the app's log for this request" };
}

function judgeForged(answer: Answered): Verdict {
  const { status } = answer;
  const found = `${status}${describeBody(answer)}`;
  if (status === 400 && isOurs(answer)) return { found: '400, refused as it must be', todo: null };
  if (status >= 200 && status < 300)
    return {
      found: `${status}: a delivery that nobody signed was taken`,
      todo: 'What answers there checks no signature: see that it is this app, unchanged, before anything is sold',
    };
  if (status >= 300 && status < 400) return judgeRedirect(answer);
  return { found: `${found}, where 400 was expected`, todo: isOurs(answer) ? "See the app's log" : proxyFix(status) };
}

function judgeRedirect({ status, location }: Answered): Verdict {
  const fix = location?.startsWith('https:')
    ? 'set DOMAIN_URL to the https address that it leads to'
    : 'let the proxy pass /webhook on as it is, without a slash at its end or another host';
  return {
    found: `${status}, a redirect to ${location ?? 'nowhere'}`,
    todo: `Stripe follows no redirect: ${fix}`,
  };
}

/** For an answer that does not come from the app. */
function proxyFix(status: number): string {
  if (status === 401 || status === 403)
    return 'Let the proxy or firewall pass POST /webhook on without a login or a check of the client';
  if (status === 404 || status === 405) return 'Let the proxy pass POST /webhook on to the app';
  if (status === 429) return 'Take POST /webhook out of the limits of the proxy';
  if ([502, 503, 504].includes(status))
    return 'The proxy does not reach the app: start it, and see the address that the proxy goes to';
  return 'The answer is not from this app: see what else listens at this address, or stands in front of it';
}

/** The app's error message, the title of an HTML page, or the first 200 characters of anything else. */
function describeBody(answer: Answered): string {
  const { contentType, body } = answer;
  if (isHtml(answer)) return `, an HTML page${title(body)}: not from this app's webhook`;
  const message = errorOf(answer)?.message ?? body.trim().slice(0, 200);
  return message ? `: ${message}` : contentType ? `, empty (${contentType})` : ', empty';
}

const isHtml = ({ contentType, body }: Answered) => /html/i.test(contentType) || /^\s*<(!doctype|html)/i.test(body);

function title(body: string): string {
  const [, words] = /<title>([^<]{1,80})/i.exec(body) ?? [];
  return words ? ` ("${words.trim()}")` : '';
}

const isReceived = (answer: Answered): boolean => jsonOf(answer)?.['received'] === true;

/** Whether the app itself refused: `{ "error": { "message": … } }`. */
const isOurs = (answer: Answered): boolean => errorOf(answer) !== undefined;

function errorOf(answer: Answered): { message: string } | undefined {
  const error = jsonOf(answer)?.['error'];
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  return typeof error.message === 'string' ? { message: error.message } : undefined;
}

function jsonOf({ body }: Answered): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
