import { Module } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Env } from '../../config/env.js';
import { RateLimitStorage } from './rate-limit-storage.js';
import { RateLimitRow } from './rate-limit.entity.js';
import { rateLimitOptions } from './rate-limit.options.js';

@Module({
  imports: [TypeOrmModule.forFeature([RateLimitRow])],
  providers: [RateLimitStorage],
  exports: [RateLimitStorage],
})
class RateLimitStorageModule {}

/** How often a user may do what costs something; nothing else is limited. */
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
