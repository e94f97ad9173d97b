import { Inject, Injectable, Logger } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { StripeCustomers } from '../../stripe/stripe-customers.service.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { PortalConfiguration as Configuration } from '../../stripe/stripe.types.js';
import { type Plan, PLANS } from '../state/plan.js';
import { MOST_PRODUCTS, portalFeaturesOf } from './portal-features.js';

/** What a sync did with the configuration of one group of plans. */
export interface SyncedPortal {
  group: string;
  id: string;
  change: 'created' | 'updated';
  /** Whether customers may change the plan there: not where the group has more products than Stripe allows. */
  changesPlans: boolean;
}

/**
 * What customers may do in Stripe's portal, made from the catalog: change the plan within its group and its seats within their
 * limits, cancel at the end of the period with a reason, change their card and details, see their invoices. One configuration for
 * each group of plans.
 */
@Injectable()
export class PortalConfiguration {
  private readonly logger = new Logger('Catalog');
  private known: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly customers: StripeCustomers,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {}

  /**
   * Brings the configurations to Stripe. Safe to repeat: they are found again by their metadata. Those of groups that the catalog
   * has no more are made inactive. A catalog without plans needs no portal.
   */
  async sync(): Promise<SyncedPortal[]> {
    const groups = this.groups;
    if (groups.length === 0) return [];
    const prices = await this.stripe.findPrices(this.plans.map(({ lookupKey }) => lookupKey));
    const found = await this.find();
    const synced: SyncedPortal[] = [];
    for (const group of groups) {
      const features = portalFeaturesOf(
        this.plans.filter((plan) => plan.group === group),
        prices,
      );
      const metadata = { app_name: this.env.appName, plan_group: group };
      const known = found.get(group);
      const id = known
        ? await this.customers.updatePortalConfiguration(known.id, { features, metadata })
        : await this.customers.createPortalConfiguration(features, metadata);
      const changesPlans = features.subscription_update?.enabled === true;
      if (!changesPlans) this.warn(group);
      synced.push({ group, id, change: known ? 'updated' : 'created', changesPlans });
    }
    for (const [group, { id }] of found)
      if (!groups.includes(group)) await this.customers.updatePortalConfiguration(id, { active: false });
    this.known = new Map(synced.map(({ group, id }) => [group, id]));
    return synced;
  }

  /**
   * The id of a group's configuration at Stripe, for a portal session; undefined before `catalog sync`.
   * @param group of the plan that the customer has; defaults to the first of the catalog
   */
  async id(group: string | undefined = this.groups[0]): Promise<string | undefined> {
    if (group !== undefined && !this.known.has(group))
      this.known = new Map([...(await this.find())].map(([name, { id }]) => [name, id]));
    return this.known.get(group ?? '') ?? this.known.get(this.groups[0] ?? '');
  }

  private get groups(): string[] {
    return [...new Set(this.plans.map(({ group }) => group))];
  }

  /** Ours that are active, by group. One without a group is of a version that had one for all: the first group takes it. */
  private async find(): Promise<Map<string, Configuration>> {
    const all = await this.customers.portalConfigurations();
    const ours = all.filter(({ active, metadata }) => active && metadata?.['app_name'] === this.env.appName);
    const byGroup = new Map<string, Configuration>();
    for (const one of ours.toSorted((a, b) => Number(hasGroup(b)) - Number(hasGroup(a)))) {
      const group = one.metadata?.['plan_group'] ?? this.groups[0] ?? '';
      if (!byGroup.has(group)) byGroup.set(group, one);
    }
    return byGroup;
  }

  private warn(group: string): void {
    this.logger.warn(
      `In Stripe's portal customers cannot change plans of the group "${group}", since it has no products at Stripe or more than ` +
        `the ${MOST_PRODUCTS} that Stripe allows there. Make plans prices of fewer products, or let customers change them here.`,
    );
  }
}

const hasGroup = ({ metadata }: Configuration): boolean => metadata?.['plan_group'] !== undefined;
