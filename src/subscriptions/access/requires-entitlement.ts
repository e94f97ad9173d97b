import { type CanActivate, type ExecutionContext, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { type Owner, ownerOf } from '../../customers/owner.js';
import { PageError } from '../../http/page-error.js';
import { phrase, textsFor, type Words } from '../../http/texts/texts.js';
import { EntitlementsService, type EntitlementState } from './entitlements.service.js';
import { reasonPhrase } from './reason.js';

/**
 * Answers a route, or all of a controller, only to owners who have this feature: `@RequiresEntitlement('pro')`. Others get a 403, as a
 * page or as JSON, that says why and what to do.
 */
export const RequiresEntitlement = Reflector.createDecorator<string>();

/**
 * Whose access a request is about. A global module that provides it replaces the user: with the organisation, say, that the user has
 * chosen.
 */
export abstract class OwnerOfRequest {
  /** @throws HttpException where the request may not act for any owner */
  abstract ownerOf(request: Request): Owner | Promise<Owner>;
}

/** Runs before every route, after the guard that knows the user, and does something only where `@RequiresEntitlement` stands. */
@Injectable()
export class EntitlementGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly entitlements: EntitlementsService,
    @Optional() private readonly owners?: OwnerOfRequest,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const features = this.reflector.getAll(RequiresEntitlement, targets).filter((feature) => feature !== undefined);
    if (features.length === 0) return true;
    const http = context.switchToHttp();
    const owner = await this.ownerOf(http.getRequest<Request>());
    for (const feature of features)
      if (!owner || !(await this.entitlements.has(owner, feature)))
        throw needsPlan(owner && (await this.entitlements.explain(owner, feature)), http.getResponse<Response>());
    return true;
  }

  /** Undefined where nobody is logged in: on a route that is `@Public()`. */
  private async ownerOf(request: Request): Promise<Owner | undefined> {
    if (this.owners) return this.owners.ownerOf(request);
    return request.user && ownerOf(request.user);
  }
}

const needsPlan = (state: EntitlementState | undefined, response: Response) =>
  new PageError(403, phrase('error.plan.title'), explanationOf(state, response));

function explanationOf(state: EntitlementState | undefined, response: Response): Words {
  if (!state?.reason) return phrase('error.plan.none');
  const texts = textsFor(response);
  return phrase('error.plan.over', { reason: texts.say(reasonPhrase(state.reason, state.until, texts)) });
}
