import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import type { User } from '../../auth/user.js';
import { ownerOf } from '../../customers/owner.js';
import type { Texts } from '../../http/texts/texts.js';
import { AccountSections } from '../../payments/account/account-sections.js';
import { type Plan, PLANS } from '../state/plan.js';
import { Invoice } from '../store/invoice.entity.js';
import { planView } from './plan.view.js';
import { SubscriptionReader } from './subscription-reader.service.js';

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
    return {
      hasPlans: live.length > 0,
      plans: live.map((one) =>
        planView(
          one,
          open.find(({ subscriptionId }) => subscriptionId === one.id),
          texts,
        ),
      ),
      canSubscribe: live.length === 0 && this.plans.length > 0 && all.length > 0,
    };
  }
}
