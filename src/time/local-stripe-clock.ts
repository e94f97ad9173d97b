import { type BeforeApplicationShutdown, Global, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Env } from '../config/env.js';
import { Clock } from './clock.js';
import { RecurringTask } from './recurring-task.js';

/** The header of the local Stripe's deliveries that says how far its clock is ahead of the machine's, ms. */
export const CLOCK_AHEAD_HEADER = 'local-stripe-clock-ahead-ms';
/** After a move without any delivery, such as the end of a grace, the shop's clock is behind for this long, at most. */
const PERIOD_MS = 1_000;
/** How long a boot or a command waits for the local Stripe's answer, at most. */
const ANSWER_TIMEOUT_MS = 2_000;
/** The furthest that the local Stripe's clock can be moved is ten years at once. */
const MAX_AHEAD_MS = 100 * 366 * 86_400_000;

/**
 * Lets the shop's clock follow the local Stripe's: by a header of each delivery, so that no event is handled at an earlier time than
 * it happened, and by a request a second. Never in production, with a live key, or without STRIPE_API_BASE, which is how Stripe itself
 * is called; and where that address turns out to be no local Stripe, it is not asked again.
 */
@Injectable()
export class LocalStripeClock implements OnModuleInit, BeforeApplicationShutdown {
  private readonly address: string | undefined;
  private readonly task = new RecurringTask(
    { name: "Following the local Stripe's clock", periodMs: PERIOD_MS, runAtStart: false, onError: () => undefined },
    () => this.refresh(),
  );

  constructor(
    private readonly clock: Clock,
    env: Env,
    host: HttpAdapterHost,
  ) {
    this.address = addressOf(env);
    if (this.address) host.listen$.subscribe(() => this.task.start());
  }

  /** Where the local Stripe does not answer, the clock is the machine's until it does. */
  async onModuleInit(): Promise<void> {
    if (this.address) await this.refresh().catch(() => undefined);
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Takes over the clock from a verified delivery. Deliveries may be late, so they never move it back. */
  readDelivery(header: string | string[] | undefined): void {
    if (header === undefined || !this.address) return;
    const aheadMs = Number(header);
    if (isPlausible(aheadMs) && aheadMs > this.clock.aheadMs) this.clock.setAheadMs(aheadMs);
  }

  /** Asks the local Stripe for its clock now. Rejects where it does not answer: the clock stays as it is. */
  async refresh(): Promise<void> {
    if (!this.address || this.task.isStopped) return;
    const answer = await fetch(`${this.address}/_sandbox/clock`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const state = (await answer.json().catch(() => undefined)) as { ahead_ms?: unknown } | null | undefined;
    const aheadMs = answer.ok ? state?.ahead_ms : undefined;
    if (isPlausible(aheadMs)) this.clock.setAheadMs(aheadMs);
    else if (answer.status < 500) this.task.stop(); // no local Stripe
  }
}

/** Where the local Stripe would be; `undefined` where it cannot be one. */
const addressOf = ({ production, livemode, stripe }: Env): string | undefined =>
  production || livemode ? undefined : stripe?.apiBase;

const isPlausible = (aheadMs: unknown): aheadMs is number =>
  typeof aheadMs === 'number' && Number.isFinite(aheadMs) && aheadMs >= 0 && aheadMs <= MAX_AHEAD_MS;

/** Gives every module the clock. */
@Global()
@Module({ providers: [Clock, LocalStripeClock], exports: [Clock, LocalStripeClock] })
export class TimeModule {}
