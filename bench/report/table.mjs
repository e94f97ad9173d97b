import { spread } from './statistics.mjs';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const COLUMNS = [
  { title: 'per second: median (min–max)', show: ({ rates }) => range(rates, whole) },
  { title: 'p50 ms', show: ({ p50s }) => range(p50s, tenths) },
  { title: 'p99 ms', show: ({ p99s }) => range(p99s, tenths) },
  { title: 'load busy', show: ({ busy }) => busy && `${whole.format(spread(busy).median * 100)} %` },
];

/** @param {{ what: string, rates?: number[], p50s?: number[], p99s?: number[], busy?: number[] }[]} rows one value a round */
export function printTable(rows) {
  const columns = COLUMNS.filter(({ show }) => rows.some(show));
  const cells = [
    ['', ...columns.map(({ title }) => title)],
    ...rows.map((row) => [row.what, ...columns.map(({ show }) => show(row) ?? '')]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  console.log('');
  for (const line of cells)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('   ')
        .trimEnd(),
    );
  console.log('');
}

function range(values, format) {
  if (!values) return undefined;
  const { median, min, max } = spread(values);
  return `${format.format(median)} (${format.format(min)}–${format.format(max)})`;
}
