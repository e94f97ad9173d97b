import { nowMs } from '../model/clock.js';
import { formatAmount } from '../model/money.js';
import type { LineItem, Price, Session } from '../model/wire.js';
import type { Notes } from '../model/notes.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the page says, by the mode of its session. */
export interface ModeWords {
  title: string;
  heading: string;
  /** The amount that matters most. */
  headline: string;
  /** What is charged later. */
  note?: string;
  totalLabel: string;
  button: string;
}

export function wordsOf(
  session: Session,
  items: LineItem[],
  notes: Partial<Notes['checkout.session']> = {},
): ModeWords {
  const total = formatAmount(session.amount_total ?? 0, session.currency ?? 'usd');
  switch (session.mode) {
    case 'setup':
      return {
        title: 'Save a payment method',
        heading: 'Save a payment method',
        headline: '',
        totalLabel: '',
        button: 'Save',
      };
    case 'subscription':
      return subscriptionWords(session, items, notes, total);
    default:
      return { title: 'Pay', heading: 'Total due', headline: total, totalLabel: 'Total due', button: `Pay ${total}` };
  }
}

function subscriptionWords(
  { currency }: Session,
  items: LineItem[],
  { subscription = {} }: Partial<Notes['checkout.session']>,
  total: string,
): ModeWords {
  const recurring = items.filter(({ price }) => price?.recurring);
  const [first] = recurring;
  const each = recurring.reduce((sum, { price, quantity }) => sum + (price?.unit_amount ?? 0) * (quantity ?? 1), 0);
  const regular = `${formatAmount(each, currency ?? 'usd')} ${intervalOf(first?.price)}`;
  const more = recurring.length > 1 ? ` and ${recurring.length - 1} more` : '';
  const words = {
    title: 'Subscribe',
    heading: `Subscribe to ${first?.description ?? 'a plan'}${more}`,
    totalLabel: 'Total due today',
  };
  const trialEnd = trialEndOf(subscription as Trial);
  if (trialEnd === undefined) return { ...words, headline: regular, button: 'Subscribe' };
  const days = Math.max(1, Math.round((trialEnd - nowMs()) / DAY_MS));
  return {
    ...words,
    heading: `Try ${first?.description ?? 'a plan'}${more}`,
    headline: `${days} ${days === 1 ? 'day' : 'days'} free`,
    note: `Then ${regular}, from ${shownDate(trialEnd / 1000)}. ${total} is due today.`,
    button: 'Start trial',
  };
}

interface Trial {
  trial_end?: number;
  trial_period_days?: number;
}

/** In ms; undefined without a trial. */
function trialEndOf({ trial_end: end, trial_period_days: days }: Trial): number | undefined {
  if (end !== undefined) return end * 1000;
  return days === undefined ? undefined : nowMs() + days * DAY_MS;
}

/** `per month`, `every 3 months`. */
export function intervalOf(price: Pick<Price, 'recurring'> | null | undefined): string {
  const { interval = 'month', interval_count: count = 1 } = price?.recurring ?? {};
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`;
}

const DATE = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });

/** Unix seconds as `January 24, 2027`, in UTC. */
export const shownDate = (seconds: number): string => DATE.format(seconds * 1000);

/** Whether a session's page has a field for a promotion code. */
export const takesCodes = ({
  allow_promotion_codes: allowed,
  mode,
}: {
  allow_promotion_codes: boolean | null;
  mode: string;
}) => allowed === true && mode !== 'setup';
