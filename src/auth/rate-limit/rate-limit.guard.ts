import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { Request } from 'express';
import { PageError } from '../../http/page-error.js';

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
