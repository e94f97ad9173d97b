import { spread } from './statistics.mjs';

/**
 * One line: the figure, its target, whether it is met. Ratios are taken within a round, where both sides had the same
 * machine, and the median of the rounds counts.
 * @param {{ atLeast?: number, atMost?: number, unit?: string }} target
 */
export function printVerdict(what, values, { atLeast, atMost, unit = '' }) {
  const { median } = spread(values);
  const met = atLeast === undefined ? median <= atMost : median >= atLeast;
  const goal = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  console.log(`${what}: ${figure(values, unit)}; ${goal}${unit}: ${met ? 'yes' : 'no'}`);
}

/** A figure that has no target. */
export const printFigure = (what, values) => console.log(`${what}: ${figure(values)}`);

function figure(values, unit = '') {
  const { median, min, max } = spread(values);
  return `${median.toFixed(2)}${unit} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

export const ratios = (values, others) => values.map((value, round) => value / others[round]);
