const UNITS: Array<[number, string]> = [
  [24 * 60 * 60, 'd'],
  [60 * 60, 'h'],
  [60, 'min'],
];

/** A moment in ms for people: `24 Nov 2026, 12:01:05`, in UTC as everything on Stripe's wire. */
export const showTime = (timeMs: number): string =>
  `${new Date(timeMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })}, ${new Date(timeMs).toISOString().slice(11, 19)}`;

/** A stretch of time in ms in its two largest units: `7 d`, `1 h 30 min`, `20 s`. */
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
