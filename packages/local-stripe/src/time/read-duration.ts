const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads seconds (a number), or a number with its unit, `90s`, `10m`, `36h`, `7d`, as ms; undefined: neither. */
export function readDuration(raw: unknown): number | undefined {
  const [, number, unit = 's'] = /^(\d{1,12})([smhd])?$/.exec(String(raw).trim()) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
}
