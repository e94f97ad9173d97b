import { applyDecorators, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RateLimits } from '../../config/env.js';
import { RateLimitGuard } from './rate-limit.guard.js';

/** What a route does, as the settings name its limit. */
export const Limited = Reflector.createDecorator<keyof RateLimits>();

/** How often a minute one user may come by this route: `CHECKOUTS_PER_MINUTE`, `REFUNDS_PER_MINUTE`. */
export const LimitPerUser = (what: keyof RateLimits) => applyDecorators(Limited(what), UseGuards(RateLimitGuard));
