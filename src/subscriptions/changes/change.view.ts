import type { Phrase, Texts } from '../../http/texts/texts.js';
import { formatAmount } from '../../payments/state/money.js';
import { fromUnixSeconds } from '../../stripe/stripe-fields.js';
import { priceText } from '../account/plan.view.js';
import type { SubscriptionSummary } from '../account/subscription-reader.service.js';
import type { Plan } from '../state/plan.js';
import type { Charge, ChargeLine } from './change-preview.js';
import type { AskedChange, PlanChoice } from './plan-choices.service.js';
import type { KnownChange } from './plan-previews.service.js';

/** The form with all plans of the group, filled in with what the subscription has, or with what was asked for. */
export function choiceView(
  subscription: SubscriptionSummary,
  choices: readonly PlanChoice[],
  texts: Texts,
  { asked, field, error }: { asked?: AskedChange; field?: keyof AskedChange; error?: Phrase } = {},
) {
  const chosen = choices.find(({ plan }) => plan.lookupKey === asked?.plan) ?? choices.find(({ isHeld }) => isHeld);
  const limits = choices.flatMap(({ plan: { seats } }) => (seats && seats.max > 1 ? [seats] : []));
  return {
    id: subscription.id,
    version: subscription.version,
    plans: choices.map((choice) => ({
      key: choice.plan.lookupKey,
      name: choice.plan.name,
      price: priceOf(choice.plan, choice, texts),
      isHeld: choice.isHeld,
      isChosen: choice === chosen,
    })),
    seats: limits.length > 0 && {
      value: asked?.quantity ?? subscription.quantity,
      min: Math.min(...limits.map(({ min }) => min)),
      max: Math.max(...limits.map(({ max }) => max)),
    },
    wrong: error && { field: `change-${field}`, [`in_${field}`]: true, text: texts.say(error) },
  };
}

const priceOf = (
  { interval, intervalCount }: Plan,
  { unitAmount, currency }: Pick<PlanChoice, 'unitAmount' | 'currency'>,
  texts: Texts,
): string => priceText({ unitAmount, currency, interval, intervalCount }, texts);

/** A change that waits to be confirmed: what there is, what there will be, what it costs now and later. */
export function previewView({ change, details, subscription }: KnownChange, plans: readonly Plan[], texts: Texts) {
  const { t, date, locale } = texts;
  const { item, from, planKey, unitAmount, currency, charge, next } = details;
  const sides = [
    { ...from, planKey: from.planKey, unitAmount: from.unitAmount ?? 0 },
    { ...item, planKey, unitAmount },
  ];
  const hasSeats = sides.some(({ quantity }) => quantity > 1);
  const what = (side: (typeof sides)[number], quantity = side.quantity): string => {
    const plan = plans.find(({ lookupKey }) => lookupKey === side.planKey);
    if (!plan) return side.planKey ?? '';
    const seats = hasSeats && t('plan.seats', { count: quantity });
    const words = { name: plan.name, price: priceOf(plan, { ...side, currency }, texts) };
    return seats ? t('change.whatSeats', { ...words, seats }) : t('change.what', words);
  };
  const lineText = ({ kind, priceId, description, end, quantity }: ChargeLine): string => {
    const side = sides.find((one) => one.priceId === priceId);
    if (kind === 'other' || !side) return description;
    return t(`change.line.${kind}`, { what: what(side, quantity), date: day(end, texts) });
  };
  const amount = (of: number) => formatAmount(of, currency, locale);
  const credit = Math.max(-(charge?.total ?? 0), 0);
  return {
    id: change.id,
    subscriptionId: subscription.id,
    before: sides[0] && what(sides[0]),
    after: sides[1] && what(sides[1]),
    lines: charge?.lines.map((line) => ({ text: lineText(line), amount: amount(line.amount) })) ?? [],
    ...sums(charge, amount),
    due: amount(charge?.due ?? 0),
    confirm: charge && charge.due > 0 ? t('change.confirmPay', { amount: amount(charge.due) }) : t('change.confirm'),
    isTrial: charge === null,
    credit: credit > 0 && t('change.credit', { amount: amount(credit) }),
    next: t('change.next', { amount: amount(next.total), date: day(next.at, texts) }),
    holds: change.expiresAt && t('change.holds', { date: date(change.expiresAt).text }),
  };
}

/** What is between the lines and what is due; nothing where it is 0. */
function sums(charge: Charge | null, amount: (of: number) => string) {
  if (!charge) return {};
  const { discount, tax, total, due } = charge;
  const balance = total > 0 ? due - total : 0;
  return {
    discount: discount !== 0 && amount(-discount),
    tax: tax !== 0 && amount(tax),
    balance: balance !== 0 && amount(balance),
  };
}

const day = (seconds: number, texts: Texts): string => texts.date(fromUnixSeconds(seconds) ?? new Date(0)).text;
