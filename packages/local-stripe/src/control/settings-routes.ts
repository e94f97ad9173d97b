import express, { type Request, type Router } from 'express';
import { changeSettings, readSettings, type BillingSettings } from '../state/settings.js';
import { invalidRequest } from '../conventions/errors.js';
import { NO_REQUEST, type Store } from '../state/store.js';
import { answerControl } from './answers.js';

type Check = (value: unknown) => boolean;

const oneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(String(value));
const whole =
  (most: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;
const DAY_MS = 24 * 60 * 60 * 1000;
const delay = { check: whole(90 * DAY_MS), what: 'whole milliseconds, at most 90 days' };
const flag: Check = (value) => typeof value === 'boolean';

/** What each setting can be, and how the error says it. */
const CHECKS: Record<keyof BillingSettings, { check: Check; what: string }> = {
  retry_days: {
    check: (value) => Array.isArray(value) && value.length <= 20 && value.every(whole(365)),
    what: 'a list of whole days',
  },
  after_retries: { check: oneOf('cancel', 'unpaid', 'past_due'), what: 'cancel, unpaid or past_due' },
  draft_minutes: { check: whole(72 * 60), what: 'whole minutes, at most 4320' },
  upcoming_days: { check: whole(365), what: 'whole days, at most 365' },
  billing_mode: { check: oneOf('flexible', 'classic'), what: 'flexible or classic' },
  one_subscription: { check: flag, what: 'true or false' },
  after_dispute: { check: oneOf('nothing', 'cancel'), what: 'nothing or cancel' },
  event_order: { check: oneOf('stripe', 'shuffled'), what: 'stripe or shuffled' },
  seed: { check: whole(Number.MAX_SAFE_INTEGER), what: 'a whole number' },
  bank_debit_ms: delay,
  refund_failure_ms: delay,
};

/** `/_sandbox/settings`: GET what billing goes by, POST `{ "retry_days": [1, 2] }` changes what is named. */
export function settingsRoutes(store: Store): Router {
  const router = express.Router();
  router.get('/', async (_request, response) => {
    response.json(await store.read((tx) => readSettings(tx)));
  });
  router.post('/', async (request: Request<object, unknown, object | undefined>, response) => {
    const change = checked(request.body ?? {});
    answerControl(request, response, await store.change(NO_REQUEST, (tx) => changeSettings(tx, change)));
  });
  return router;
}

/** A form sends texts: numbers and flags are read from them. Throws ApiError 400 with the setting's name. */
function checked(body: object): Partial<BillingSettings> {
  const entries = Object.entries(body).map(([name, raw]) => {
    if (!Object.hasOwn(CHECKS, name)) throw invalidRequest(`There is no setting ${name}`, name);
    const { check, what } = CHECKS[name as keyof BillingSettings];
    const value = fromForm(raw);
    if (!check(value)) throw invalidRequest(`Invalid ${name}: ${what}`, name);
    return [name, value];
  });
  return Object.fromEntries(entries) as Partial<BillingSettings>;
}

function fromForm(raw: unknown): unknown {
  if (raw === 'true' || raw === 'false') return raw === 'true';
  if (typeof raw !== 'string') return raw;
  if (/^\d+$/.test(raw)) return Number(raw);
  return /^[\d\s]*,[\d\s,]*$/.test(raw) ? raw.split(',').map(Number) : raw;
}
