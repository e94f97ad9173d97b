import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { csrfToken } from '../../auth/csrf.js';
import { LimitPerUser } from '../../auth/rate-limit.js';
import { SessionUser, type User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { ownerOf } from '../../customers/owner.js';
import { takeFlash } from '../../http/flash.js';
import { leaveTo } from '../../http/leave.js';
import { FormError } from '../../http/page-error.js';
import { phrase, type TextKey, textsFor } from '../../http/texts/texts.js';
import { leadTo, leadToAccount, orUnavailable, planNotFound } from '../account/answers.js';
import { SubscriptionReader, type SubscriptionSummary } from '../account/subscription-reader.service.js';
import { type Plan, PLANS } from '../state/plan.js';
import { choiceView, previewView } from './change.view.js';
import { PendingChange } from './pending-change.service.js';
import { PlanChanges } from './plan-changes.service.js';
import { PlanChoices } from './plan-choices.service.js';
import { PlanPreviews } from './plan-previews.service.js';

const GiveUpForm = z.object({ version: z.coerce.number().int() });
const ChangeForm = GiveUpForm.extend({
  /** A lookup key. */
  plan: z.string().max(200).optional(),
  /** Seats: read together with the limits of the plan. */
  quantity: z.string().max(20).optional(),
});

/** The plan that is chosen already where the shop leads to the form; the one that they have where it is not offered. */
const ChosenPlan = z.object({ plan: z.string().optional().catch(undefined) });

/** What the account page says of a change that was confirmed. */
const WORDS = {
  done: 'change.done',
  declined: 'change.declined',
  refused: 'plan.refused',
  busy: 'change.busy',
  unsure: 'change.unsure',
} as const;

/** Pages on which customers change plan and seats: first the choice, then what it costs, then it is made. */
@Controller('account')
export class PlanChangeController {
  constructor(
    private readonly env: Env,
    private readonly reader: SubscriptionReader,
    private readonly choices: PlanChoices,
    private readonly previews: PlanPreviews,
    private readonly changes: PlanChanges,
    private readonly pending: PendingChange,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {}

  @Get('subscriptions/:id/change')
  async choose(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Query({ schema: ChosenPlan }) { plan }: z.output<typeof ChosenPlan>,
    @Res() response: Response,
  ): Promise<void> {
    const subscription = await this.find(user, id);
    if (!subscription.canChange) return leadTo('/account', refusal(subscription), response);
    const choices = await orUnavailable(this.choices.of(subscription));
    const view = choiceView(subscription, choices, textsFor(response), { asked: { plan } });
    renderPage('plan-change', 'change.title', { user, ...view }, response);
  }

  /** Computes what a change costs, and leads to it. */
  @Post('subscriptions/:id/change')
  @LimitPerUser('checkouts')
  async preview(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Body({ schema: ChangeForm }) { version, ...asked }: z.output<typeof ChangeForm>,
    @Res() response: Response,
  ): Promise<void> {
    const subscription = await this.find(user, id);
    if (!subscription.canChange) return leadTo('/account', refusal(subscription), response);
    const form = `/account/subscriptions/${id}/change`;
    if (subscription.version !== version) return leadTo(form, 'plan.stale', response);
    const made = await orUnavailable(this.previews.create(user, subscription, asked));
    if (made.outcome === 'previewed') return response.redirect(303, `/account/changes/${made.changeId}`);
    const problem = { status: 400, title: phrase('error.400.title'), explanation: made.error };
    const view = choiceView(subscription, made.choices, textsFor(response), { asked, ...made });
    throw new FormError(problem, 'plan-change', { inAccount: true, ...view });
  }

  /** What a change costs. One that was confirmed already leads to the account. */
  @Get('changes/:id')
  async show(@SessionUser() user: User, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const known = await this.previews.find(user, id);
    if (!known) throw planNotFound();
    if (known.change.status !== 'previewed') return response.redirect(303, '/account');
    const view = previewView(known, this.plans, textsFor(response));
    renderPage('plan-preview', 'change.confirmTitle', { user, ...view }, response);
  }

  /** Makes a change as it was previewed. */
  @Post('changes/:id')
  @LimitPerUser('checkouts')
  async confirm(@SessionUser() user: User, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const result = await this.changes.confirm(user, id);
    if (result.outcome === 'unknown_change') throw planNotFound();
    if (result.outcome === 'stale') return this.previewAgain(user, id, response);
    if (result.outcome !== 'authentication') return leadTo('/account', WORDS[result.outcome], response);
    return result.url ? leaveTo(result.url, response, { env: this.env, user }) : response.redirect(303, '/account');
  }

  /** Gives up a change that waits for its payment. */
  @Post('subscriptions/:id/give-up-change')
  @LimitPerUser('checkouts')
  async giveUp(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Body({ schema: GiveUpForm }) { version }: z.output<typeof GiveUpForm>,
    @Res() response: Response,
  ): Promise<void> {
    const result = await orUnavailable(this.pending.giveUp(user, id, version));
    await leadToAccount(result, 'change.givenUp', response);
  }

  /** What the same change costs now; the account, where it is not possible any more. */
  private async previewAgain(user: User, id: string, response: Response): Promise<void> {
    const { subscription, details } = (await this.previews.find(user, id)) ?? {};
    if (!subscription?.canChange)
      return leadTo('/account', subscription?.canChangeOncePaid ? 'plan.changeWaits' : 'plan.stale', response);
    const asked = { plan: details?.planKey, quantity: String(details?.item.quantity) };
    const made = await orUnavailable(this.previews.create(user, subscription, asked));
    if (made.outcome === 'previewed') return leadTo(`/account/changes/${made.changeId}`, 'change.stale', response);
    return leadTo('/account', 'plan.stale', response);
  }

  private async find(user: User, id: string): Promise<SubscriptionSummary> {
    const subscription = await this.reader.find(ownerOf(user), id);
    if (!subscription) throw planNotFound();
    return subscription;
  }
}

/** Why a plan cannot be changed now. */
const refusal = ({ canChangeOncePaid }: SubscriptionSummary): TextKey =>
  canChangeOncePaid ? 'plan.changeWaits' : 'plan.refused';

function renderPage(name: string, title: TextKey, model: object, response: Response): void {
  const notice = takeFlash(response.req);
  const titled = [notice?.text, textsFor(response).t(title)].filter(Boolean).join(' · ');
  response.render(name, { inAccount: true, title: titled, notice, csrf: csrfToken(response.req), ...model });
}
