import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ThrottlerModuleOptions } from '@nestjs/throttler';
import { Env } from '../../config/env.js';
import { Limited } from './limit-per-user.decorator.js';
import { RateLimitStorage } from './rate-limit-storage.js';

const A_MINUTE_MS = 60_000;

/** Limits by the settings, counted in the database. */
export function rateLimitOptions(env: Env, storage: RateLimitStorage, reflector: Reflector): ThrottlerModuleOptions {
  const limit = (context: ExecutionContext) => env.rateLimits[reflector.get(Limited, context.getHandler())];
  return { throttlers: [{ ttl: A_MINUTE_MS, limit }], storage };
}
