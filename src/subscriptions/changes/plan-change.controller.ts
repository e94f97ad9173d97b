import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { csrfToken } from '../../auth/csrf.js';
import { LimitPerUser } from '../../auth/rate-limit.js';
import { SessionUser, type User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { ownerOf } from '../../customers/owner.js';
import { setFlash, takeFlash } from '../../http/flash.js';
import { leaveTo } from '../../http/leave.js';
import { FormError } from '../../http/page-error.js';
import { PageTexts, phrase, type TextKey, type Texts } from '../../http/texts/texts.js';
import { orUnavailable, planNotFound } from '../account/answers.js';
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

/** Said of what was done. */
const GOOD: ReadonlySet<TextKey> = new Set(['change.done', 'change.givenUp']);

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
    @Req() request: Request,
    @Res() response: Response,
    @PageTexts() texts: Texts,
  ): Promise<void> {
    const subscription = await this.find(user, id);
    if (!subscription.canChange) return leadTo('/account', refusal(subscription), { request, response, texts });
    const choices = await orUnavailable(this.choices.of(subscription));
    response.render('plan-change', {
      ...pageOf(user, request, texts.t('change.title')),
      ...choiceView(subscription, choices, texts, { asked: { plan } }),
    });
  }

  /** Computes what a change costs, and leads to it. */
  @Post('subscriptions/:id/change')
  @LimitPerUser('checkouts')
  async preview(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Body({ schema: ChangeForm }) { version, ...asked }: z.output<typeof ChangeForm>,
    @Req() request: Request,
    @Res() response: Response,
    @PageTexts() texts: Texts,
  ): Promise<void> {
    const subscription = await this.find(user, id);
    if (!subscription.canChange) return leadTo('/account', refusal(subscription), { request, response, texts });
    const form = `/account/subscriptions/${id}/change`;
    if (subscription.version !== version) return leadTo(form, 'plan.stale', { request, response, texts });
    const made = await orUnavailable(this.previews.create(user, subscription, asked));
    if (made.outcome === 'previewed') return response.redirect(303, `/account/changes/${made.changeId}`);
    const answer = { status: 400, title: phrase('error.400.title'), explanation: made.error };
    const view = choiceView(subscription, made.choices, texts, { asked, ...made });
    throw new FormError(answer, 'plan-change', { inAccount: true, ...view });
  }

  /** What a change costs. One that was confirmed already leads to the account. */
  @Get('changes/:id')
  async show(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Req() request: Request,
    @Res() response: Response,
    @PageTexts() texts: Texts,
  ): Promise<void> {
    const known = await this.previews.find(user, id);
    if (!known) throw planNotFound();
    if (known.change.status !== 'previewed') return response.redirect(303, '/account');
    response.render('plan-preview', {
      ...pageOf(user, request, texts.t('change.confirmTitle')),
      ...previewView(known, this.plans, texts),
    });
  }

  /** Makes a change as it was previewed. */
  @Post('changes/:id')
  @LimitPerUser('checkouts')
  async confirm(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Req() request: Request,
    @Res() response: Response,
    @PageTexts() texts: Texts,
  ): Promise<void> {
    const answer = { request, response, texts };
    const result = await this.changes.confirm(user, id);
    if (result.outcome === 'unknown_change') throw planNotFound();
    if (result.outcome === 'stale') return this.previewAgain(user, id, answer);
    if (result.outcome !== 'authentication') return leadTo('/account', WORDS[result.outcome], answer);
    return result.url ? leaveTo(result.url, response, { env: this.env, user }) : response.redirect(303, '/account');
  }

  /** Gives up a change that waits for its payment. */
  @Post('subscriptions/:id/give-up-change')
  @LimitPerUser('checkouts')
  async giveUp(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Body({ schema: GiveUpForm }) { version }: z.output<typeof GiveUpForm>,
    @Req() request: Request,
    @Res() response: Response,
    @PageTexts() texts: Texts,
  ): Promise<void> {
    const result = await orUnavailable(this.pending.giveUp(user, id, version));
    if (result === 'unknown') throw planNotFound();
    await leadTo('/account', result === 'done' ? 'change.givenUp' : `plan.${result}`, { request, response, texts });
  }

  /** What the same change costs now; the account, where it is not possible any more. */
  private async previewAgain(user: User, id: string, answer: Answer): Promise<void> {
    const { subscription, details } = (await this.previews.find(user, id)) ?? {};
    if (!subscription?.canChange)
      return leadTo('/account', subscription?.canChangeOncePaid ? 'plan.changeWaits' : 'plan.stale', answer);
    const asked = { plan: details?.planKey, quantity: String(details?.item.quantity) };
    const made = await orUnavailable(this.previews.create(user, subscription, asked));
    if (made.outcome === 'previewed') return leadTo(`/account/changes/${made.changeId}`, 'change.stale', answer);
    return leadTo('/account', 'plan.stale', answer);
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

interface Answer {
  request: Request;
  response: Response;
  texts: Texts;
}

/** Leads to a page that says how it went. */
async function leadTo(path: string, words: TextKey, { request, response, texts }: Answer): Promise<void> {
  await setFlash(request, { kind: GOOD.has(words) ? 'good' : 'bad', text: texts.t(words) });
  response.redirect(303, path);
}

function pageOf(user: User, request: Request, title: string) {
  const notice = takeFlash(request);
  const titled = [notice?.text, title].filter(Boolean).join(' · ');
  return { user, inAccount: true, title: titled, notice, csrf: csrfToken(request) };
}
