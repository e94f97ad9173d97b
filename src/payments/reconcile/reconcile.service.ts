import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThan, Not, type Repository } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeRefusedError } from '../../stripe/stripe.errors.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { Payment } from '../store/payment.entity.js';
import { type Check, type Difference, type ReconcileError, ReconcileErrors, secondBefore } from './check.js';
import { DisputeCheck, RefundCheck } from './refund-and-dispute-checks.service.js';
import { SessionCheck } from './session-check.service.js';

const DAY_MS = 86_400_000;
/** How long after its creation a Checkout Session may still change, ms: it is open for a day at most. */
const SESSION_LIFE_MS = DAY_MS;
/** How long after its creation a refund may still change, ms: a bank may send the money back. */
const REFUND_LIFE_MS = 30 * DAY_MS;
/** How long after its creation a dispute may still change, ms: one with an appeal takes months. */
const DISPUTE_LIFE_MS = 180 * DAY_MS;

/** For progress lines. */
const OLDER = 'older open Checkout Sessions';

export interface ReconcileOptions {
  /** Changes before this time are not looked for. */
  since: Date;
  /** Whether to store what differs. */
  repair: boolean;
  /** Called with a line of text after each page. */
  progress: (line: string) => void;
}

export interface Reconciled {
  /** How many objects were read from Stripe. */
  checked: number;
  differences: (Difference & { repaired: boolean })[];
  /** How many differences are left. */
  remaining: number;
  /** What could not be compared or repaired. */
  errors: ReconcileError[];
}

/** Compares Stripe's objects with the rows here, in case events were lost. Safe to repeat, also beside the running app. */
@Injectable()
export class Reconcile {
  constructor(
    private readonly stripe: StripeService,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    private readonly sessions: SessionCheck,
    private readonly refunds: RefundCheck,
    private readonly disputes: DisputeCheck,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
  ) {}

  /**
   * Checkouts come first, since refunds and disputes belong to the payments that they create. What fails is in `errors`, and does
   * not end the run.
   */
  async run(options: ReconcileOptions): Promise<Reconciled> {
    const before = (lifeMs: number) => new Date(options.since.getTime() - lifeMs);
    const sessionsSince = before(SESSION_LIFE_MS);
    const results = [
      await this.check(this.sessions, () => this.stripe.checkoutSessionsSince(sessionsSince), options),
      await this.check(this.sessions, (errors) => this.openSince(sessionsSince, errors), options, OLDER),
      await this.check(this.refunds, () => this.stripe.refundsSince(before(REFUND_LIFE_MS)), options),
      await this.check(this.disputes, () => this.stripe.disputesSince(before(DISPUTE_LIFE_MS)), options),
    ];
    const differences = results.flatMap((result) => result.differences);
    return {
      checked: results.reduce((sum, { checked }) => sum + checked, 0),
      differences,
      remaining: differences.filter(({ repaired }) => !repaired).length,
      errors: results.flatMap(({ errors }) => errors),
    };
  }

  private async check<T extends { id: string }>(
    check: Check<T>,
    pagesOf: (errors: ReconcileErrors) => AsyncIterable<T[]>,
    { repair, progress }: ReconcileOptions,
    name = check.name,
  ): Promise<Omit<Reconciled, 'remaining'>> {
    const differences: Reconciled['differences'] = [];
    const errors = new ReconcileErrors();
    let checked = 0;
    await errors.attempt(check.name, async () => {
      let readAt = secondBefore(this.clock.now());
      for await (const page of pagesOf(errors)) {
        if (errors.shouldStop) return;
        const compare = () => errors.attempt(check.name, () => check.compare(page, readAt));
        const found = (await compare()) ?? [];
        if (repair) await this.repair(check, { page, readAt }, found, errors);
        const left = repair && found.length > 0 ? await compare() : found;
        const remain = new Set((left ?? found).map(({ id }) => id));
        differences.push(...found.map((one) => ({ ...one, repaired: !remain.has(one.id) })));
        checked += page.length;
        progress(`${name}: ${checked} read, ${differences.length} differ`);
        readAt = secondBefore(this.clock.now());
      }
    });
    return { checked, differences, errors: errors.list };
  }

  private async repair<T extends { id: string }>(
    check: Check<T>,
    { page, readAt }: { page: T[]; readAt: Date },
    found: Difference[],
    errors: ReconcileErrors,
  ): Promise<void> {
    for (const { kind, id } of found) {
      const object = page.find((one) => one.id === id);
      if (object) await errors.attempt(`${kind} ${id}`, () => this.units.run((tx) => check.repair(tx, object, readAt)));
    }
  }

  /** The sessions of payments from before `before` that are still open here, one by one. Sessions that Stripe does not know are skipped. */
  private async *openSince(before: Date, errors: ReconcileErrors): AsyncGenerator<CheckoutSession[]> {
    const status = In(['pending', 'processing', 'authorized'] satisfies Payment['status'][]);
    const where = { status, checkoutSessionId: Not(IsNull()), createdAt: LessThan(before) };
    for (const { checkoutSessionId } of await this.payments.find({ where })) {
      if (errors.shouldStop) return;
      const id = checkoutSessionId ?? '';
      const session = await errors.attempt(`checkout_session ${id}`, () => this.findSession(id));
      if (session) yield [session];
    }
  }

  private async findSession(id: string): Promise<CheckoutSession | undefined> {
    return this.stripe.checkoutSessionWithPayment(id).catch((error: unknown) => {
      if (error instanceof StripeRefusedError) return undefined;
      throw error;
    });
  }
}
