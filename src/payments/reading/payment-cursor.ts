/** Where a page of payments ends: the next one starts after it. */
export interface Cursor {
  createdAt: Date;
  id: string;
}

/** As it stands in an address. */
export const cursorOf = ({ createdAt, id }: Cursor): string =>
  Buffer.from(`${createdAt.getTime()}_${id}`).toString('base64url');

/** `undefined` for anything that `cursorOf` did not make. */
export function readCursor(text: string): Cursor | undefined {
  const [, time, id] = /^(\d{1,15})_([\w-]{1,100})$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  return time && id ? { createdAt: new Date(Number(time)), id } : undefined;
}
