import type { UnitQueue } from '../unit-of-work.js';

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
