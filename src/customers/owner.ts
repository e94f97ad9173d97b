import type { User } from '../auth/user.js';

/** Who buys and who has access: a user, or an organisation whose members share it. */
export interface Owner {
  type: 'user' | 'organisation';
  /** The user's or the organisation's id. */
  id: string;
}

/** The user as an owner. */
export const ownerOf = ({ id }: Pick<User, 'id'>): Owner => ({ type: 'user', id });

/** One text for each owner, for keys of locks and maps. */
export const keyOfOwner = ({ type, id }: Owner): string => `${type}:${id}`;
