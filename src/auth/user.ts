import { createParamDecorator, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import 'express';
import type { Request } from 'express';

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

/** The form in which addresses are stored and compared: trimmed, in lower case, in Unicode's NFC. */
export const normalizeEmail = (email: string): string => email.normalize('NFC').trim().toLowerCase();
