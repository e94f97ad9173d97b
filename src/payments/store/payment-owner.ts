import type { User } from '../../auth/user.js';

/** Whose a payment is that nobody started here: whoever shows that the address is theirs. No login gives out such an id. */
export const ownerOfEmail = (email: string): string => `email:${email}`;

/** Whose payments a user sees as their own: those they started, and those of an address that the login has checked. */
export const ownersOf = ({ id, email, emailVerified }: User): string[] =>
  emailVerified ? [id, ownerOfEmail(email)] : [id];
