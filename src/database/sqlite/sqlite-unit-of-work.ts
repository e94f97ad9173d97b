import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { withTimeout } from '../../time/calls.js';
import type { WritingQueryRunner } from '../typeorm/writing-query-runner.js';
import {
  StorageUnavailableError,
  TransactionTimeoutError,
  UnitOfWork,
  type UnitOptions,
  type UnitQueue,
} from '../unit-of-work.js';

/**
 * While both queues wait, handling gets one unit for every three of intake: a quarter. Counted in units, not in ms: how long a unit
 * takes is bounded by its maker, and on a busy machine a clock also measures other processes.
 */
const INTAKE_UNITS_PER_HANDLING_UNIT = 3;
/** Units that share one commit at most: bounds how much work one failed commit undoes. */
export const LARGEST_GROUP = 128;

/** Units that wait for the one writing connection: intake first, and handling with a share that intake cannot take from it. */
export class UnitQueues<Unit extends { queue: UnitQueue }> {
  private readonly intake: Unit[] = [];
  private readonly handling: Unit[] = [];
  /** Units of intake that went first while handling waited, less those that handling has had its share for. */
  private wentFirst = 0;

  add(unit: Unit): void {
    this[unit.queue].push(unit);
  }

  has(queue: UnitQueue): boolean {
    return this[queue].length > 0;
  }

  /** Removes the units that are committed together next: of one queue, so that no answer waits for a handler. None: both are empty. */
  next(): Unit[] {
    const { intake, handling } = this;
    if (intake.length === 0 || handling.length === 0) {
      this.wentFirst = 0;
      return (intake.length > 0 ? intake : handling).splice(0, LARGEST_GROUP);
    }
    const share = Math.floor(this.wentFirst / INTAKE_UNITS_PER_HANDLING_UNIT);
    const units = share > 0 ? handling.splice(0, share) : intake.splice(0, LARGEST_GROUP);
    this.wentFirst += share > 0 ? -share * INTAKE_UNITS_PER_HANDLING_UNIT : units.length;
    return units;
  }
}

/** How long a unit may take, ms: every webhook delivery waits for it. */
const UNIT_TIMEOUT_MS = 2_000;
/** SQLite's codes for a disk or a file that takes no writes. */
const UNAVAILABLE = /SQLITE_(BUSY|FULL|IOERR|READONLY|CANTOPEN)/;

interface WaitingUnit {
  queue: UnitQueue;
  work: (tx: EntityManager) => Promise<unknown>;
  /** A single statement, which SQLite makes a transaction of by itself. */
  isStatement: boolean;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/** A unit that succeeded, before its group's commit. */
type Outcome = { unit: WaitingUnit; value: unknown };

/**
 * The queues over the one writing connection (`UnitQueues`). What waits together in one of them is committed together, so that
 * one fsync serves many; each unit has a savepoint of its own, so that one that fails takes nothing else along.
 */
export class SqliteUnitOfWork extends UnitOfWork {
  private readonly queues = new UnitQueues<WaitingUnit>();
  /** The queue of the units that are being written. */
  private writing: UnitQueue | undefined;
  private draining: Promise<void> | undefined;

  constructor(
    private readonly runner: WritingQueryRunner,
    /** Runs between two transactions. */
    private readonly afterCommit: () => Promise<void> = async () => undefined,
    private readonly timeoutMs = UNIT_TIMEOUT_MS,
  ) {
    super();
  }

  override get intakeWaits(): boolean {
    return this.writing === 'intake' || this.queues.has('intake');
  }

  run<T>(work: (tx: EntityManager) => Promise<T>, { queue = 'intake' }: UnitOptions = {}): Promise<T> {
    return this.enqueue(work, queue, false);
  }

  /** Without BEGIN and COMMIT where no other unit shares the commit: each is a round trip to the driver's thread. */
  override runStatement<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.enqueue(work, 'intake', true);
  }

  /** Resolves once every unit has ended. */
  async settled(): Promise<void> {
    while (this.draining) await this.draining;
  }

  private enqueue<T>(work: (tx: EntityManager) => Promise<T>, queue: UnitQueue, isStatement: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queues.add({ work, queue, isStatement, resolve: resolve as (value: unknown) => void, reject });
      this.draining ??= this.drain();
    });
  }

  private async drain(): Promise<void> {
    await undefined; // units that are added in the same turn join the first group
    for (let group = this.queues.next(); group.length > 0; group = this.queues.next()) {
      const [unit] = group;
      this.writing = unit?.queue;
      if (group.length === 1 && unit?.isStatement) await this.runByItself(unit);
      else await this.runGroup(group);
      await this.afterCommit();
      this.writing = undefined;
      // Intake goes first: what waited for this commit may add its next unit before handling goes on.
      if (!this.queues.has('intake') && this.queues.has('handling')) await setImmediate();
    }
    this.draining = undefined;
  }

  private async runByItself(unit: WaitingUnit): Promise<void> {
    const { manager, close } = this.runner.openManager();
    try {
      unit.resolve(await unit.work(manager));
    } catch (error) {
      unit.reject(asUnavailable(error));
    } finally {
      close();
    }
  }

  private async runGroup(group: WaitingUnit[]): Promise<void> {
    const finished: Outcome[] = [];
    try {
      await this.runner.startTransaction();
      for (const unit of group) {
        const outcome = group.length === 1 ? await this.runUnit(unit) : await this.runInSavepoint(unit);
        if (outcome) finished.push(outcome);
      }
      await this.runner.commitTransaction();
    } catch (error) {
      await this.runner.abandonTransaction();
      const reason = asUnavailable(error);
      for (const unit of group) unit.reject(reason); // no effect on a unit that has failed by itself
      return;
    }
    for (const { unit, value } of finished) unit.resolve(value);
  }

  /** The unit writes through a manager of its own, which is closed at its end: later writes of it fail. */
  private async runUnit(unit: WaitingUnit): Promise<Outcome> {
    const { manager, close } = this.runner.openManager();
    const tooLong = () => new TransactionTimeoutError(this.timeoutMs);
    try {
      return { unit, value: await withTimeout(this.timeoutMs, unit.work(manager), tooLong) };
    } finally {
      close();
    }
  }

  /** Rejects a unit that fails, and throws only where the whole group is lost. */
  private async runInSavepoint(unit: WaitingUnit): Promise<Outcome | undefined> {
    await this.runner.startTransaction();
    try {
      const outcome = await this.runUnit(unit);
      await this.runner.commitTransaction();
      return outcome;
    } catch (error) {
      await this.runner.rollbackTransaction(); // throws where SQLite has rolled back the whole transaction by itself
      unit.reject(asUnavailable(error));
      return undefined;
    }
  }
}

/** Failures of the disk or the file become a StorageUnavailableError. */
const asUnavailable = (error: unknown) =>
  UNAVAILABLE.test(String(error)) ? new StorageUnavailableError(String(error)) : error;
