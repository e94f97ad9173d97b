import 'express';
import { createParamDecorator, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import { Reflector } from '@nestjs/core';

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

/** The user whom the guard let in: `home(@SessionUser() user: User)`. */
export const SessionUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  const { user } = context.switchToHttp().getRequest<Request>();
  if (!user) throw new UnauthorizedException('This route is @Public(): it has no user');
  return user;
});

/** A route that needs no user and no session. */
export const Public = Reflector.createDecorator<true | void, true>({ transform: () => true });
