import { Inject, Injectable } from '@nestjs/common';
import { phrase, type Phrase } from '../../http/texts/texts.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { Price } from '../../stripe/stripe.types.js';
import { SharedCalls } from '../../time/calls.js';
import type { SubscriptionSummary } from '../account/subscription-reader.service.js';
import { type Plan, PLANS } from '../state/plan.js';

/** A plan that a subscription may have. */
export interface PlanChoice {
  plan: Plan;
  priceId: string;
  /** Minor units of `currency`, for one seat and one interval. */
  unitAmount: number;
  /** That of the subscription. */
  currency: string;
  /** Whether it is the one that the subscription has. */
  isHeld: boolean;
}

/** What a form asks for, as it came. */
export interface AskedChange {
  /** The lookup key of a plan. */
  plan?: string | undefined;
  /** Seats. */
  quantity?: string | undefined;
}

export type ReadChange =
  | { outcome: 'chosen'; choice: PlanChoice; quantity: number }
  | { outcome: 'invalid'; field: keyof AskedChange; error: Phrase };

/** Prices that were asked for within this time are not asked for again. */
const REUSE_PRICES_MS = 3_000;

/** Which plans and seats the customer may choose from. */
@Injectable()
export class PlanChoices {
  private readonly prices = new SharedCalls<Price[]>(REUSE_PRICES_MS);

  constructor(
    private readonly stripe: StripeService,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {}

  /**
   * The plans of the subscription's group that are for sale in its currency, in the order of the catalog. The one that it has comes with
   * the price that it has, also where new subscriptions pay another one.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  async of(subscription: SubscriptionSummary): Promise<PlanChoice[]> {
    const { plan: held, items } = subscription;
    const [item] = items;
    if (!held || !item) return [];
    const group = this.plans.filter((plan) => plan.group === held.group);
    const keys = group.map(({ lookupKey }) => lookupKey);
    const prices = await this.prices.run(held.group, () => this.stripe.findPrices(keys));
    return group.flatMap((plan): PlanChoice[] => {
      const { currency } = item;
      if (plan === held)
        return [{ plan, priceId: item.priceId, unitAmount: item.unitAmount ?? plan.amount, currency, isHeld: true }];
      const price = prices.find(({ lookup_key: key }) => key === plan.lookupKey);
      const unitAmount = price && amountIn(price, currency);
      return typeof unitAmount === 'number'
        ? [{ plan, priceId: price?.id ?? '', unitAmount, currency, isHeld: false }]
        : [];
    });
  }
}

function amountIn(price: Price, currency: string): number | null | undefined {
  return price.currency === currency ? price.unit_amount : price.currency_options?.[currency]?.unit_amount;
}

/** What the customer has chosen, or what is wrong with it. Where seats are not named, they stay as they are. */
export function readChange(
  { plan: key, quantity: given }: AskedChange,
  subscription: Pick<SubscriptionSummary, 'quantity'>,
  choices: readonly PlanChoice[],
): ReadChange {
  const choice = choices.find(({ plan, isHeld }) => (key === undefined ? isHeld : plan.lookupKey === key));
  if (!choice) return { outcome: 'invalid', field: 'plan', error: phrase('change.notOffered') };
  const { min, max } = choice.plan.seats ?? { min: 1, max: 1 };
  const kept = Math.min(Math.max(subscription.quantity, min), max);
  const isFixed = min === max; // one form has all plans: a plan without a choice of seats takes no notice of the field
  const quantity = given === undefined || isFixed ? kept : /^\d{1,9}$/.test(given.trim()) ? Number(given) : NaN;
  if (!(quantity >= min && quantity <= max))
    return { outcome: 'invalid', field: 'quantity', error: phrase('error.badQuantity', { min, max }) };
  if (choice.isHeld && quantity === subscription.quantity)
    return { outcome: 'invalid', field: 'plan', error: phrase('change.same') };
  return { outcome: 'chosen', choice, quantity };
}
