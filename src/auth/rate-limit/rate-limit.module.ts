import { type ExecutionContext, Module } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Env } from '../../config/env.js';
import { RateLimitRow, RateLimitStorage } from './rate-limit-storage.js';
import { RateLimited } from './rate-limit.guard.js';

const A_MINUTE_MS = 60_000;

/** Limits from the settings, counted in the database. */
export function rateLimitOptions(env: Env, storage: RateLimitStorage, reflector: Reflector): ThrottlerModuleOptions {
  const limit = (context: ExecutionContext) => env.rateLimits[reflector.get(RateLimited, context.getHandler())];
  return { throttlers: [{ ttl: A_MINUTE_MS, limit }], storage };
}

@Module({
  imports: [TypeOrmModule.forFeature([RateLimitRow])],
  providers: [RateLimitStorage],
  exports: [RateLimitStorage],
})
class RateLimitStorageModule {}

/** Rate limits for routes that cost something. Nothing else is limited. */
@Module({
  imports: [
    RateLimitStorageModule,
    ThrottlerModule.forRootAsync({
      imports: [RateLimitStorageModule],
      inject: [Env, RateLimitStorage, Reflector],
      useFactory: rateLimitOptions,
    }),
  ],
  exports: [RateLimitStorageModule],
})
export class RateLimitModule {}
