import type { Request } from 'express';

/** The cursor of a page of a list: `?after=` and the last id of the page before. */
export const olderThan = ({ after }: Request['query']): string | undefined =>
  typeof after === 'string' && after !== '' ? after : undefined;
