import { applyDecorators, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { Request } from 'express';
import { PageError } from '../../http/page-error.js';
import { Reflector } from '@nestjs/core';
import type { RateLimits } from '../../config/env.js';

/** Lets a user do something so often and no more often. Behind the guard that says who the user is. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override async getTracker({ user, ip }: Request): Promise<string> {
    return user?.id ?? ip ?? 'nobody';
  }

  protected override throwThrottlingException(_: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const { timeToBlockExpire: seconds } = detail;
    const wait = seconds === 1 ? 'a second' : `${seconds} seconds`;
    throw new PageError(
      429,
      'That was too often',
      `You have done this many times just now. Please wait ${wait}, then try again.`,
    );
  }
}

/** What a route does, as the settings name its limit. */
export const RateLimited = Reflector.createDecorator<keyof RateLimits>();

/** How often a minute one user may come by this route: `CHECKOUTS_PER_MINUTE`, `REFUNDS_PER_MINUTE`. */
export const LimitPerUser = (what: keyof RateLimits) => applyDecorators(RateLimited(what), UseGuards(RateLimitGuard));
