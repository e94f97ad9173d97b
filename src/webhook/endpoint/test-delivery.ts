import { randomBytes } from 'node:crypto';
import { API_VERSION } from '../../stripe/api-version.js';
import { signDelivery } from '../../stripe/sign-delivery.js';
import { unixSeconds } from '../../time/unix-seconds.js';
import { judgeForged, judgeSigned, type Verdict } from './delivery-verdict.js';
import { type Answered, askFromOutside, type Unanswered } from './outside-request.js';

/** A type that no handler takes: stored as ignored. */
const TYPE = 'nest_stripe_billing.test_delivery';

export interface TestDeliveryOptions {
  url: string;
  /** What the running app should know; each is tried. */
  secrets: readonly string[];
  livemode: boolean;
  appName: string;
  /** The event's id; a new one, where left out. One that came before is stored no second time. */
  id?: string;
}

/** A delivery that was tried, and whether what came back is right. */
export interface TestedDelivery {
  /** What was sent, such as `signed`. */
  name: string;
  ok: boolean;
  found: string;
  /** What to do; `null` where it is right. */
  todo: string | null;
  answer: Answered | Unanswered;
}

/** Sends a signed event that does nothing, with each of the secrets, as Stripe sends one. */
export async function deliverSigned(options: TestDeliveryOptions): Promise<TestedDelivery[]> {
  const tested: TestedDelivery[] = [];
  for (const [at, secret] of options.secrets.entries()) {
    const name = options.secrets.length === 1 ? 'signed' : `signed with secret ${at + 1} of ${options.secrets.length}`;
    const answer = await deliver(options, secret);
    tested.push({ name, answer, ...verdict(answer, judgeSigned) });
  }
  return tested;
}

/** Sends one that is signed with a secret of nobody's: it must be refused. */
export async function deliverForged(options: TestDeliveryOptions): Promise<TestedDelivery> {
  const answer = await deliver(options, `whsec_${randomBytes(24).toString('hex')}`);
  return { name: 'forged', answer, ...verdict(answer, judgeForged) };
}

function deliver({ url, livemode, appName, id }: TestDeliveryOptions, secret: string) {
  const event = {
    id: id ?? `evt_test_${randomBytes(12).toString('hex')}`,
    object: 'event',
    api_version: API_VERSION,
    created: unixSeconds(new Date()),
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
  return askFromOutside(url, { method: 'POST', headers, body });
}

function verdict(answer: Answered | Unanswered, of: (answer: Answered) => Verdict): Verdict & { ok: boolean } {
  const { found, todo } = answer.outcome === 'answered' ? of(answer) : answer;
  return { found, todo, ok: todo === null };
}
