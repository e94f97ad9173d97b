import { Injectable, Logger } from '@nestjs/common';
import type { User } from '../auth/user.js';
import { Customers } from '../customers/customers.service.js';
import { ownerOf } from '../customers/owner.js';
import {
  IDEMPOTENCY_KEY_REUSED,
  isMissing,
  StripeRefusedError,
  StripeUnavailableError,
} from '../stripe/stripe.errors.js';
import { idOf } from '../stripe/stripe-fields.js';
import { StripeService } from '../stripe/stripe.service.js';
import type { CheckoutSession } from '../stripe/stripe.types.js';
import { Clock } from '../time/clock.js';

/** A session is reused only if it stays open at least this long, ms: the shortest life that Stripe allows. */
const LEAST_TIME_LEFT_MS = 30 * 60_000;

/** What is to be paid for: a payment, or the checkout of a plan. */
interface CheckoutRow {
  id: string;
  /** `null` where the session still has to be created, or another request is creating it. */
  checkoutSessionId: string | null;
}

/** The rows of which only one may have an open session, such as the user's payments of one price. */
export interface CheckoutRows<Row extends CheckoutRow> {
  /**
   * The open row, the oldest where there are several; a new one where there is none. Undefined: nothing is to be sold to this customer.
   * `isNew`: inserted by this call; `isOnly`: there is no other open one.
   * @param closed ids of rows to skip
   */
  findOrOpen(
    customerId: string,
    closed: ReadonlySet<string>,
  ): Promise<{ row: Row; isNew: boolean; isOnly: boolean } | undefined>;
  /** Whether the row is for what the customer sees now. */
  fits(row: Row, customerId: string): boolean;
  /** Creates the session at Stripe. The idempotency key is that of the row, so a repeated call never creates a second one. */
  create(row: Row, customerId: string): Promise<CheckoutSession>;
  /** Stores what the session says. */
  note(session: CheckoutSession, cause: string): Promise<void>;
  /** Ends a row whose session Stripe refused to create (`failedAt`), or does not know (`expiredAt`). */
  end(id: string, how: 'failedAt' | 'expiredAt'): Promise<void>;
}

export type OpenedSession =
  /** `url`: the Checkout Session's page. */
  | { outcome: 'opened'; url: string }
  /** `findOrOpen` gave none. */
  | { outcome: 'not_sold' }
  /** Stripe refused it, such as a price that was archived since. */
  | { outcome: 'refused' };

/**
 * Keeps at most one open Checkout Session for what must not be paid for twice, so that two tabs cannot. Other open sessions are expired
 * at Stripe before a new one is created.
 */
@Injectable()
export class OnlySession {
  private readonly logger = new Logger('Billing');

  constructor(
    private readonly stripe: StripeService,
    private readonly customers: Customers,
    private readonly clock: Clock,
  ) {}

  /** @throws StripeUnavailableError if Stripe did not answer. The next click finds what is open then */
  async open<Row extends CheckoutRow>(user: User, rows: CheckoutRows<Row>): Promise<OpenedSession> {
    // Before the row: what is unfinished ends a row whose session is not there after the time of one call.
    const customerId = await this.customerOf(user);
    if (customerId === undefined) return { outcome: 'refused' };
    const opened = await this.openFor(customerId, rows);
    if (opened.outcome !== 'refused' || !(await this.customers.replaceIfMissing(customerId))) return opened;
    const another = await this.customerOf(user);
    return another === undefined ? opened : this.openFor(another, rows);
  }

  private async openFor<Row extends CheckoutRow>(customerId: string, rows: CheckoutRows<Row>): Promise<OpenedSession> {
    const closed = new Set<string>();
    for (;;) {
      const found = await rows.findOrOpen(customerId, closed);
      if (!found) return { outcome: 'not_sold' };
      const { row, isNew, isOnly } = found;
      const session = await this.sessionOf(row, customerId, rows);
      if (isOnly && rows.fits(row, customerId) && session && isOf(session, customerId) && this.canBePaid(session))
        return { outcome: 'opened', url: session.url };
      if (isNew && !session) return { outcome: 'refused' };
      if (isNew) throw new StripeUnavailableError('checkout.sessions.create', 'the session cannot be paid');
      if (session?.status === 'open') await this.expire(session, rows);
      closed.add(row.id);
    }
  }

  /** The user's customer at Stripe; undefined if Stripe refused to make it. */
  private async customerOf(user: User): Promise<string | undefined> {
    try {
      return await this.customers.ensure(ownerOf(user), user.email);
    } catch (error) {
      if (!(error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
      return undefined;
    }
  }

  /** The row's session from Stripe, which is stored; undefined if there is none and cannot be one. */
  private async sessionOf<Row extends CheckoutRow>(
    row: Row,
    customerId: string,
    rows: CheckoutRows<Row>,
  ): Promise<CheckoutSession | undefined> {
    if (!row.checkoutSessionId) return this.create(row, customerId, rows);
    try {
      const session = await this.stripe.retrieveCheckoutSession(row.checkoutSessionId);
      if (session.status !== 'open') await rows.note(session, 'seen before another checkout');
      return session;
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.logger.warn(`${error.message} Its row ${row.id} is ended.`);
      await rows.end(row.id, 'expiredAt');
      return undefined;
    }
  }

  private async create<Row extends CheckoutRow>(
    row: Row,
    customerId: string,
    rows: CheckoutRows<Row>,
  ): Promise<CheckoutSession | undefined> {
    try {
      const session = await rows.create(row, customerId);
      await rows.note(session, 'checkout opened');
      return session;
    } catch (error) {
      if (!(error instanceof StripeRefusedError)) throw error;
      // After a change of settings. The session may exist: the task for unfinished checkouts looks for it.
      if (error.code === IDEMPOTENCY_KEY_REUSED) throw new StripeUnavailableError(error.call, error.reason);
      this.logger.warn(error.message);
      await rows.end(row.id, 'failedAt');
      return undefined;
    }
  }

  /** Expires the session, unless it was completed meanwhile. Afterwards nobody can complete it. */
  private async expire<Row extends CheckoutRow>({ id }: CheckoutSession, rows: CheckoutRows<Row>): Promise<void> {
    const ended = await this.stripe.expireCheckoutSession(id).catch((error: unknown) => {
      if (error instanceof StripeRefusedError) return this.stripe.retrieveCheckoutSession(id);
      throw error;
    });
    await rows.note(ended, 'gave way to another checkout');
    if (ended.status === 'open') throw new StripeUnavailableError('checkout.sessions.expire', `${id} stays open`);
  }

  /** Whether a session is open, and for long enough. */
  private canBePaid(session: CheckoutSession): session is CheckoutSession & { url: string } {
    const { status, url, expires_at: expiresAt } = session;
    const least = this.clock.now().getTime() + LEAST_TIME_LEFT_MS;
    return status === 'open' && /^https?:\/\//.test(url ?? '') && expiresAt * 1_000 > least;
  }
}

/** Whether the session is this customer's. Those of older versions have none. */
const isOf = ({ customer }: CheckoutSession, customerId: string): boolean =>
  (idOf(customer) ?? customerId) === customerId;
