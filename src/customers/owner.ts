import type { User } from '../auth/user.js';

/** Who buys and who has access: a user, or an organisation whose members share it. */
export interface Owner {
  type: 'user' | 'organisation';
  /** The user's or the organisation's id. */
  id: string;
}

/** Whom the user acts for: their organisation where they have chosen one, else themselves. */
export const ownerOf = ({ id, organisation }: Pick<User, 'id' | 'organisation'>): Owner =>
  organisation ? { type: 'organisation', id: organisation } : { type: 'user', id };

/** One text for each owner, for keys of locks and maps. */
export const keyOfOwner = ({ type, id }: Owner): string => `${type}:${id}`;
