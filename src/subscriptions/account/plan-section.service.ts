import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import type { User } from '../../auth/user.js';
import { ownerOf } from '../../customers/owner.js';
import type { Texts } from '../../http/texts/texts.js';
import { AccountSections } from '../../payments/account/account-sections.js';
import { type Plan, PLANS } from '../state/plan.js';
import { PROCESSING } from '../invoices/read-invoice.js';
import { Invoice, InvoicePayment } from '../store/invoice.entity.js';
import { endedPlanView, type OpenInvoice, planView } from './plan.view.js';
import { SubscriptionReader, type SubscriptionSummary } from './subscription-reader.service.js';

/** The plans of a user on the account page. */
@Injectable()
export class PlanSection {
  constructor(
    private readonly reader: SubscriptionReader,
    @Inject(PLANS) private readonly plans: readonly Plan[],
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
    @InjectRepository(InvoicePayment) private readonly payments: Repository<InvoicePayment>,
    sections: AccountSections,
  ) {
    sections.add((user, texts) => this.load(user, texts));
  }

  private async load(user: User, texts: Texts): Promise<object> {
    const all = await this.reader.ofOwner(ownerOf(user));
    const live = all.filter(({ isLive }) => isLive);
    const open = await this.openInvoicesOf(live);
    const ended = lastEnded(all);
    return {
      hasPlans: live.length + ended.length > 0,
      plans: live.map((one) => {
        const ofThis = open.filter(({ subscriptionId }) => subscriptionId === one.id);
        return planView(one, ofThis, texts);
      }),
      endedPlans: ended.map((one) => endedPlanView(one, this.plans, texts)),
    };
  }

  /** Newest first. */
  private async openInvoicesOf(live: readonly SubscriptionSummary[]): Promise<OpenInvoice[]> {
    if (live.length === 0) return [];
    const ofLive = { subscriptionId: In(live.map(({ id }) => id)), status: 'open' } as const;
    const open = await this.invoices.find({ where: ofLive, order: { createdAt: 'DESC' } });
    if (open.length === 0) return [];
    const ofOpen = { invoiceId: In(open.map(({ id }) => id)), status: PROCESSING };
    const onTheirWay = new Set((await this.payments.findBy(ofOpen)).map(({ invoiceId }) => invoiceId));
    return open.map((invoice) => ({ ...invoice, isOnItsWay: onTheirWay.has(invoice.id) }));
  }
}

/** Of each group without a live plan, the one that ended last. Those that never began are left out. */
function lastEnded(all: readonly SubscriptionSummary[]): SubscriptionSummary[] {
  const live = new Set(all.filter(({ isLive }) => isLive).map(({ planGroup }) => planGroup));
  const ended = all.filter(({ status, planGroup }) => status === 'canceled' && !live.has(planGroup));
  ended.sort((a, b) => Number(b.endsAt) - Number(a.endsAt));
  return ended.filter((one, at) => ended.findIndex(({ planGroup }) => planGroup === one.planGroup) === at);
}
