import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { LimitPerUser } from '../../auth/rate-limit.js';
import { SessionUser, type User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { ownerOf } from '../../customers/owner.js';
import { leaveTo } from '../../http/leave.js';
import { leadToAccount, orUnavailable, planNotFound } from './answers.js';
import { PlanActions } from './plan-actions.service.js';
import { FEEDBACK } from './plan.view.js';

const VersionForm = z.object({ version: z.coerce.number().int() });
const CancelForm = VersionForm.extend({ feedback: z.enum(FEEDBACK).optional().catch(undefined) });
const PortalForm = z.object({ flow: z.enum(['card']).optional().catch(undefined) });

/** What customers do with their own plans. Each form carries the version of the plan that its page was drawn with. */
@Controller('account')
export class PlanController {
  constructor(
    private readonly env: Env,
    private readonly actions: PlanActions,
  ) {}

  /** Ends a plan with what is paid for. */
  @Post('subscriptions/:id/cancel')
  @LimitPerUser('checkouts')
  async cancel(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Body({ schema: CancelForm }) { version, feedback }: z.output<typeof CancelForm>,
    @Res() response: Response,
  ): Promise<void> {
    const result = await orUnavailable(this.actions.schedule(user, id, { end: true, version, feedback }));
    await leadToAccount(result, 'plan.done.ending', response);
  }

  /** Takes a scheduled end back. */
  @Post('subscriptions/:id/keep')
  @LimitPerUser('checkouts')
  async keep(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Body({ schema: VersionForm }) { version }: z.output<typeof VersionForm>,
    @Res() response: Response,
  ): Promise<void> {
    const result = await orUnavailable(this.actions.schedule(user, id, { end: false, version }));
    await leadToAccount(result, 'plan.done.kept', response);
  }

  /** Resumes a paused plan, which begins a period and charges it. */
  @Post('subscriptions/:id/resume')
  @LimitPerUser('checkouts')
  async resume(
    @SessionUser() user: User,
    @Param('id') id: string,
    @Body({ schema: VersionForm }) { version }: z.output<typeof VersionForm>,
    @Res() response: Response,
  ): Promise<void> {
    const result = await orUnavailable(this.actions.resume(user, id, version));
    await leadToAccount(result, 'plan.done.resumed', response);
  }

  /** To Stripe's portal: payment methods, details, invoices; also the plan. */
  @Post('portal')
  @LimitPerUser('checkouts')
  async portal(
    @SessionUser() user: User,
    @Body({ schema: PortalForm }) { flow }: z.output<typeof PortalForm>,
    @Res() response: Response,
  ): Promise<void> {
    const url = await orUnavailable(this.actions.portalUrl(user, flow));
    if (!url) throw planNotFound();
    leaveTo(url, response, { env: this.env, user });
  }

  /** Back from the portal: reads the plans again, since its events may come later. */
  @Get('portal/return')
  async returned(@SessionUser() user: User, @Res() response: Response): Promise<void> {
    await this.actions.readAgain(ownerOf(user));
    response.redirect(303, '/account');
  }

  /** To Stripe's page of an open invoice, where it is paid, with authentication where the bank asks for it. */
  @Post('invoices/:id/pay')
  @LimitPerUser('checkouts')
  async pay(@SessionUser() user: User, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const links = await orUnavailable(this.actions.invoiceLinks(user, id));
    if (!links) throw planNotFound();
    if (!links.page || !links.isPayable) return response.redirect(303, '/account');
    leaveTo(links.page, response, { env: this.env, user });
  }

  /** An invoice as PDF. Stripe is asked for its address now, since such addresses expire. */
  @Get('invoices/:id/pdf')
  @LimitPerUser('checkouts')
  async pdf(@SessionUser() user: User, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const links = await orUnavailable(this.actions.invoiceLinks(user, id));
    if (!links?.pdf) throw planNotFound();
    response.redirect(303, links.pdf);
  }
}
