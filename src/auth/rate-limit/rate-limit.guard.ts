import { applyDecorators, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { Request } from 'express';
import { PageError } from '../../http/page-error.js';
import { phrase } from '../../http/texts/texts.js';
import { Reflector } from '@nestjs/core';
import type { RateLimits } from '../../config/env.js';

/** Limits how many times a minute a user may call a route. Runs after the guard that sets the user. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override async getTracker({ user, ip }: Request): Promise<string> {
    return user?.id ?? ip ?? 'nobody';
  }

  protected override throwThrottlingException(_: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const wait = phrase('error.tooOften.text', { count: detail.timeToBlockExpire });
    throw new PageError(429, phrase('error.tooOften.title'), wait);
  }
}

/** Marks a route with the name of its limit in the settings. */
export const RateLimited = Reflector.createDecorator<keyof RateLimits>();

/** Limits the calls of a route by one user: `checkouts` to CHECKOUTS_PER_MINUTE, `refunds` to REFUNDS_PER_MINUTE. Further ones are answered 429. */
export const LimitPerUser = (what: keyof RateLimits) => applyDecorators(RateLimited(what), UseGuards(RateLimitGuard));
