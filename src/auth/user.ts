import 'express';

/** Who a request is made by. */
export interface User {
  /** Decides whose payments these are; never changes, unlike an address. */
  id: string;
  email: string;
  /** Whether the login has checked that the address is theirs: payments of a payment link go by it. Defaults to no. */
  emailVerified?: boolean;
}

declare module 'express' {
  interface Request {
    user?: User;
  }
}
