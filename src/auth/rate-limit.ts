import { applyDecorators, type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  ThrottlerModule,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import type { Request } from 'express';
import { Column, Entity, LessThan, PrimaryColumn, type Repository } from 'typeorm';
import { Env, type RateLimits } from '../config/env.js';
import { InstantColumn } from '../database/columns.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { PageError } from '../http/page-error.js';
import { phrase } from '../http/texts/texts.js';
import { machineNow, machineNowMs } from '../time/clock.js';

/** How many times somebody did something within the current span of time. */
@Entity('rate_limits')
export class RateLimitRow {
  /** A hash of the action and the user. */
  @PrimaryColumn({ type: 'varchar' })
  key!: string;

  @Column({ type: 'integer' })
  hits!: number;

  /** After this the count starts again. */
  @InstantColumn()
  endsAt!: Date;
}

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts in the app's database, so that a limit holds for all instances together and survives a restart. */
@Injectable()
export class RateLimitStorage implements ThrottlerStorage {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(RateLimitRow) private readonly rows: Repository<RateLimitRow>,
  ) {}

  /**
   * Counts one more request within `ttl` ms. A key that is over its limit is only read, so that a flood does not write.
   * @returns `timeToExpire` and `timeToBlockExpire` in seconds, as throttler expects
   */
  async increment(key: string, ttl: number, limit: number): Promise<Count> {
    const known = await this.rows.findOneBy({ key });
    if (known && known.hits >= limit && known.endsAt > machineNow())
      return countOf(known.hits + 1, known.endsAt, limit);
    const { hits, endsAt } = await this.units.run(async (tx) => {
      const [row] = (await tx.query(COUNT_ONE, [key, machineNowMs() + ttl, machineNowMs()])) as CountedRow[];
      return { hits: Number(row?.hits), endsAt: new Date(Number(row?.ends_at)) };
    });
    return countOf(hits, endsAt, limit);
  }

  /** Deletes counts whose span has ended. */
  async prune(): Promise<void> {
    await this.units.run((tx) => tx.delete(RateLimitRow, { endsAt: LessThan(machineNow()) }));
  }
}

interface CountedRow {
  hits: number;
  ends_at: number | string;
}

/** $1: key; $2: end of a span that begins now; $3: now. Both in ms since 1970. */
const COUNT_ONE = `INSERT INTO rate_limits (key, hits, ends_at) VALUES ($1, 1, $2)
  ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN rate_limits.ends_at <= $3 THEN 1 ELSE rate_limits.hits + 1 END,
    ends_at = CASE WHEN rate_limits.ends_at <= $3 THEN excluded.ends_at ELSE rate_limits.ends_at END
  RETURNING hits, ends_at`;

function countOf(hits: number, endsAt: Date, limit: number): Count {
  const seconds = Math.max(1, Math.ceil((endsAt.getTime() - machineNowMs()) / 1_000));
  const isBlocked = hits > limit;
  return { totalHits: hits, timeToExpire: seconds, isBlocked, timeToBlockExpire: isBlocked ? seconds : 0 };
}

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
