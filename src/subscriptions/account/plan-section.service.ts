import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import type { User } from '../../auth/user.js';
import { ownerOf } from '../../customers/owner.js';
import type { Texts } from '../../http/texts/texts.js';
import { AccountSections } from '../../payments/account/account-sections.js';
import { type Plan, PLANS } from '../state/plan.js';
import { Invoice } from '../store/invoice.entity.js';
import { endedPlanView, planView } from './plan.view.js';
import { SubscriptionReader, type SubscriptionSummary } from './subscription-reader.service.js';

/** The plans of a user on the account page. */
@Injectable()
export class PlanSection {
  constructor(
    private readonly reader: SubscriptionReader,
    @Inject(PLANS) private readonly plans: readonly Plan[],
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
    sections: AccountSections,
  ) {
    sections.add((user, texts) => this.load(user, texts));
  }

  private async load(user: User, texts: Texts): Promise<object> {
    const all = await this.reader.ofOwner(ownerOf(user));
    const live = all.filter(({ isLive }) => isLive);
    const ids = live.map(({ id }) => id);
    const open =
      ids.length > 0
        ? await this.invoices.find({
            where: { subscriptionId: In(ids), status: 'open' },
            order: { createdAt: 'DESC' },
          })
        : [];
    const ended = lastEnded(all);
    return {
      hasPlans: live.length + ended.length > 0,
      plans: live.map((one) =>
        planView(
          one,
          open.find(({ subscriptionId }) => subscriptionId === one.id),
          texts,
        ),
      ),
      endedPlans: ended.map((one) => endedPlanView(one, this.plans, texts)),
    };
  }
}

/** Of each group without a live plan, the one that ended last. Those that never began are left out. */
function lastEnded(all: readonly SubscriptionSummary[]): SubscriptionSummary[] {
  const live = new Set(all.filter(({ isLive }) => isLive).map(({ planGroup }) => planGroup));
  const ended = all.filter(({ status, planGroup }) => status === 'canceled' && !live.has(planGroup));
  ended.sort((a, b) => Number(b.endsAt) - Number(a.endsAt));
  return ended.filter((one, at) => ended.findIndex(({ planGroup }) => planGroup === one.planGroup) === at);
}
