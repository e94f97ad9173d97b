import { nowMs } from '../model/clock.js';
import { isListener } from '../state/endpoints.js';
import type { DeliveryReport } from '../state/delivery-reports.js';
import type { FaultReport } from '../faults/rule.js';
import type { Fault } from '../faults/fault.js';
import type { Request } from 'express';
import type { Moment, Pill } from '../http/components.js';

const UNITS: Array<[number, string]> = [
  [24 * 60 * 60, 'd'],
  [60 * 60, 'h'],
  [60, 'min'],
];

/** Formats a time in ms, in UTC: `24 Nov 2026, 12:01:05`. */
export const showTime = (timeMs: number): string =>
  `${new Date(timeMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })}, ${new Date(timeMs).toISOString().slice(11, 19)}`;

/** `now` by the sandbox's clock, in ms: what a time has in common with it is left out of the short form. */
export function momentOf(timeMs: number, now = nowMs()): Moment {
  const full = showTime(timeMs);
  const iso = new Date(timeMs).toISOString();
  const present = new Date(now).toISOString();
  const [day = '', time = ''] = full.split(', ');
  if (iso.slice(0, 10) === present.slice(0, 10)) return { iso, full, short: time };
  return {
    iso,
    full,
    short: iso.slice(0, 4) === present.slice(0, 4) ? `${day.slice(0, -5)}, ${time.slice(0, 5)}` : day,
  };
}

/** Formats a duration in ms, in its two largest units: `7 d`, `1 h 30 min`, `20 s`. */
export function showDuration(ms: number): string {
  let seconds = Math.round(ms / 1000);
  const parts: string[] = [];
  for (const [length, unit] of UNITS) {
    const count = Math.floor(seconds / length);
    if (count > 0) parts.push(`${count} ${unit}`);
    seconds -= count * length;
  }
  if (parts.length === 0 || seconds > 0) parts.push(`${seconds} s`);
  return parts.slice(0, 2).join(' ');
}

/** The badge of a delivery: colour, text, and a tooltip. */
export type Badge = Required<Pill>;

const FAULT_LABELS: Record<string, string> = {
  twice: 'sent twice on purpose',
  late: 'late on purpose',
  out_of_order: 'out of order on purpose',
};

/** `now` by the sandbox's clock, in ms. */
export function badgeOf(delivery: DeliveryReport, now: number): Badge {
  const { state, attempts, fault, endpointId } = delivery;
  const more = [isListener(endpointId) ? '' : endpointId, FAULT_LABELS[fault ?? ''] ?? ''].filter(Boolean).join(', ');
  const tries = attempts > 1 ? ` × ${attempts}` : '';
  const answer = `${delivery.lastAnswer ?? ''}${tries}`;
  switch (state) {
    case 'delivered':
      return { tone: 'good', text: answer, more };
    case 'failed':
      return { tone: 'bad', text: `${answer}, given up`, more };
    case 'lost':
      return { tone: 'plain', text: 'lost on purpose', more };
    case 'pending': {
      const waitMs = delivery.dueAtMs - now;
      const next = waitMs > 0 ? ` in ${showDuration(waitMs)}` : '';
      if (attempts > 0) return { tone: 'bad', text: `${answer}, again${next || ' now'}`, more };
      return { tone: 'waiting', text: `pending${next}`, more };
    }
  }
}

const WORDS: Record<Fault['fault'], string> = {
  server_error: 'Calls answer 500',
  rate_limit: 'Calls answer 429',
  hang: 'Calls hang',
  slow: 'Calls are answered late',
  reset: 'Connections break',
  twice: 'Events come twice',
  late: 'Events come late',
  out_of_order: 'Events come out of order',
  lost: 'Events get lost',
};

/** The row of an active fault. */
export interface FaultRow {
  id: number;
  words: string;
  /** Its filter, count and chance. */
  details: string;
}

export function faultRow({ id, fault, when, only, times, chance, seed, struck }: FaultReport): FaultRow {
  const details = [
    ...(only === '*' ? [] : [only]),
    ...(when === 'after' ? ['after the work'] : []),
    times === null ? 'until stopped' : `the next ${times}`,
    ...(chance < 1 ? [`${Math.round(chance * 100)} % of them, seed ${seed}`] : []),
    `struck ${struck} ×`,
  ];
  return { id, words: WORDS[fault], details: details.join(' · ') };
}

/** A parameter of a page's address, such as the cursor `?after=`; undefined where it is empty or no text. */
export function queried(query: Request['query'], name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
