import { spread } from './statistics.mjs';

/**
 * Prints one line: the figure, its target, whether it is met. Ratios are taken within a round, where both sides had the same
 * machine.
 * @param {number[]} values one a round; the median counts
 * @param {{ atLeast?: number, atMost?: number, unit?: string, every?: boolean }} target
 * `every`: each round must meet it, not the median alone
 */
export function printVerdict(what, values, { atLeast, atMost, unit = '', every = false }) {
  const { median } = spread(values);
  const met = (every ? values : [median]).every((value) =>
    atLeast === undefined ? value <= atMost : value >= atLeast,
  );
  const goal = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  console.log(
    `${what}: ${figure(values, unit)}; ${goal}${unit}${every ? ' in every round' : ''}: ${met ? 'yes' : 'no'}`,
  );
}

/** A figure without a target. */
export const printFigure = (what, values, unit = '') => console.log(`${what}: ${figure(values, unit)}`);

function figure(values, unit = '') {
  const { median, min, max } = spread(values);
  return `${median.toFixed(2)}${unit} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

/** Round by round. */
export const ratios = (values, others) => values.map((value, round) => value / others[round]);
