import { printTable } from './table.mjs';

/** What counts: events handled where that was watched, events accepted elsewhere. */
export const rateOf = (report) => report.handledPerSecond ?? report.perSecond;

/** One line for the last round: each contender's name and rate. */
export const roundSummary = (reports) =>
  Object.entries(reports)
    .map(([name, all]) => `${name} ${Math.round(rateOf(all.at(-1)))}`)
    .join(', ');

/** A row for each contender, from the reports of all rounds by its name. */
export function printContenders(contenders, reports) {
  printTable(
    Object.entries(contenders).map(([name, { what }]) => ({
      what,
      rates: reports[name].map(rateOf),
      p50s: reports[name].map(({ p50Ms }) => p50Ms),
      p99s: reports[name].map(({ p99Ms }) => p99Ms),
      busy: reports[name].map(({ loadBusy }) => loadBusy),
    })),
  );
}
