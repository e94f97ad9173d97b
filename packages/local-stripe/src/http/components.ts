/** Models of the partials in `views/partials`; views/README.md shows each. */

/** Colour of a status. */
export type Tone = 'good' | 'bad' | 'waiting' | 'info' | 'plain';

/** `pill`: `more` is a tooltip. */
export interface Pill {
  tone: Tone;
  text: string;
  more?: string;
}

/** `facts`: a text, or an id as `code`, with a link or a pill. */
export interface Fact {
  label: string;
  text?: string | undefined;
  code?: string | undefined;
  href?: string;
  pill?: Pill;
}

/** A time as pages show it, in UTC. */
export interface Moment {
  /** `2026-11-24T12:01:05.000Z` */
  iso: string;
  /** `24 Nov 2026, 12:01:05` */
  full: string;
  /** Of today `12:01:05`, of this year `24 Nov, 12:01`, else `24 Nov 2026`. */
  short: string;
}

/** `timeline`: newest first. */
export interface TimelineItem {
  title: string;
  tone: Tone;
  /** `due`: in how long it happens (`in 7 d`); it stands above what has happened. */
  due?: string;
  text?: string;
  href?: string;
  iso: string;
  time: string;
  pills?: Pill[] | undefined;
  /** Pages of what it is about. */
  links?: Array<{ label: string; href: string }> | undefined;
  /** Of what is due: the button that moves the clock there. */
  move?: { action: string; to: string } | undefined;
}

/** `filter`: links of which one is chosen. */
export interface Filter {
  /** What it filters by, for those who do not see it. */
  label: string;
  choices: Array<{ label: string; href: string; current: boolean }>;
}

/** `pager`: the addresses of the first page and of the next one. */
export interface Pager {
  newest?: string | undefined;
  older?: string | undefined;
}

/** `actions`: buttons, each a form of its own with at most one field. */
export interface Action {
  label: string;
  action: string;
  name?: string;
  value?: string;
  primary?: boolean;
}

/** `raw`: an object as it is on the wire. */
export interface Raw {
  kind: string;
  id: string;
  status: string;
  json: string;
}

export const rawOf = (object: { id: string; object: string; status?: unknown }): Raw => ({
  kind: object.object.replaceAll(/[_.]/g, ' '),
  id: object.id,
  status: typeof object.status === 'string' ? object.status.replaceAll('_', ' ') : '',
  json: JSON.stringify(object, null, 2),
});

/** Facts without a value are left out. */
export const factsOf = (facts: Fact[]): Fact[] => facts.filter(({ text, code, pill }) => text || code || pill);

/** The items of a page of a list, and the links to its other pages. */
export function pageOf<T extends { id: string }>(
  found: T[],
  size: number,
  path: string,
  query: Record<string, string | undefined>,
): { items: T[]; pager: Pager | undefined } {
  const items = found.slice(0, size);
  const older = found.length > size ? withQuery(path, { ...query, after: items.at(-1)?.id }) : undefined;
  const newest = query['after'] === undefined ? undefined : withQuery(path, { ...query, after: undefined });
  return { items, pager: older || newest ? { newest, older } : undefined };
}

/** An address with these parameters; undefined ones are left out. */
export function withQuery(path: string, query: Record<string, string | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, value);
  return params.size > 0 ? `${path}?${params}` : path;
}
