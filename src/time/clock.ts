import { Global, Injectable, Module } from '@nestjs/common';

/** The time, for all that depends on it: trials, grace, access, timers. Beside the local Stripe it follows that one's clock. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}

/** Gives every module the `Clock`. */
@Global()
@Module({ providers: [Clock], exports: [Clock] })
export class TimeModule {}
