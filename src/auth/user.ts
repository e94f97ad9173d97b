import 'express';

/** Who a request is made by. */
export interface User {
  /** Decides whose payments these are; never changes, unlike an address. */
  id: string;
  email: string;
}

declare module 'express' {
  interface Request {
    user?: User;
  }
}
