import { kindOf } from './compare.js';
import { reasonFor } from './on-purpose.js';
import { isNew, type RecordingFile } from './recordings.js';
import type { Replay, ReplayedCall } from './replay.js';

/** How many of how many were as recorded. */
export interface Share {
  same: number;
  of: number;
}

/** Calls by status; refused calls by type, code and param; single amounts; whole shapes. */
export type Figures = Record<'statuses' | 'errors' | 'amounts' | 'values' | 'shapes', Share>;

const none = (): Figures => ({
  statuses: { same: 0, of: 0 },
  errors: { same: 0, of: 0 },
  amounts: { same: 0, of: 0 },
  values: { same: 0, of: 0 },
  shapes: { same: 0, of: 0 },
});

/** `new`: asked at 2025-03-31.basil or later. */
export type Group = RecordingFile | 'all' | `${RecordingFile | 'all'} (new)` | `${RecordingFile | 'all'} (old)`;

/** The figures of each file and of all, in new and older versions. Scenarios whose needs cannot be made are left out. */
export function summarize(replays: Replay[]): Map<Group, Figures> {
  const groups = new Map<Group, Figures>();
  for (const { scenario, missing, calls } of replays) {
    if (missing.length > 0) continue;
    for (const call of calls.filter(({ unknown }) => !unknown)) {
      const age = isNew(call.recorded) ? 'new' : 'old';
      for (const group of [`${scenario.file} (${age})`, `all (${age})`] as const) {
        const figures = groups.get(group) ?? none();
        groups.set(group, figures);
        count(figures, call);
      }
    }
  }
  return new Map([...groups].toSorted(([a], [b]) => a.localeCompare(b)));
}

function count(figures: Figures, { recorded, differences }: ReplayedCall): void {
  const wrong = differences.filter((difference) => reasonFor(recorded, difference) === undefined);
  const differs = (what: string): boolean => wrong.some((difference) => difference.what === what);
  add(figures.statuses, differs('status') ? 0 : 1, 1);
  if (recorded.error) add(figures.errors, differs('status') || differs('error') ? 0 : 1, 1);
  for (const kind of ['amount', 'value'] as const) {
    const all = Object.entries(recorded.values).filter(([path, value]) => kindOf(path, value) === kind).length;
    add(
      kind === 'amount' ? figures.amounts : figures.values,
      all - wrong.filter(({ what }) => what === kind).length,
      all,
    );
  }
  if (recorded.shape !== undefined) add(figures.shapes, differs('shape') ? 0 : 1, 1);
}

function add(share: Share, same: number, of: number): void {
  share.same += same;
  share.of += of;
}

/** In percent, with one decimal; 100 where there is nothing. */
export const percent = ({ same, of }: Share): number => (of === 0 ? 100 : Math.floor((same * 1000) / of) / 10);

export function table(summary: Map<Group, Figures>): string {
  const cell = (share: Share): string => `${percent(share).toFixed(1)} % of ${share.of}`.padStart(16);
  const lines = [...summary].map(
    ([group, figures]) =>
      group.padEnd(30) +
      Object.values(figures)
        .map((share) => cell(share))
        .join(''),
  );
  return [
    ''.padEnd(30) +
      Object.keys(none())
        .map((name) => name.padStart(16))
        .join(''),
    ...lines,
  ].join('\n');
}
