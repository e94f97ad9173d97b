import 'express';
import { createParamDecorator, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import { Reflector } from '@nestjs/core';

/** The user of a request. */
export interface User {
  /** Owns the payments. Must never change for a user, unlike the address. */
  id: string;
  email: string;
  /** Whether the login has verified the address. Only then is the user shown payments that were made by payment link with it. Defaults to false. */
  emailVerified?: boolean;
}

declare module 'express' {
  interface Request {
    user?: User;
  }
}

/** The user that the guard has set: `home(@SessionUser() user: User)`. */
export const SessionUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  const { user } = context.switchToHttp().getRequest<Request>();
  if (!user) throw new UnauthorizedException('This route is @Public(): it has no user');
  return user;
});

/** Marks a route that needs no user and no CSRF token. */
export const Public = Reflector.createDecorator<true | void, true>({ transform: () => true });
