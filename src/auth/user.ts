import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  Optional,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import 'express';
import type { Request } from 'express';
import { Env } from '../config/env.js';
import { SettingsError } from '../config/settings.error.js';

/** The user of a request. */
export interface User {
  /** Owns the payments. Must never change for a user, unlike the address. */
  id: string;
  email: string;
  /** Whether the login has verified the address. Only then is the user shown payments that were made by payment link with it. Defaults to false. */
  emailVerified?: boolean;
  /**
   * The id of the organisation that the user acts for, where the login lets them choose one: its plans, its access and its invoices are
   * then what they see, and plans that they buy are its own. Defaults to none: the user acts for themselves.
   */
  organisation?: string | undefined;
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

/** A guard that may be the stub, which logs everybody in as the same user. */
export interface MaybeStub {
  readonly isStub?: boolean;
}

/**
 * Refuses the stub user in production without AUTH_ALLOW_STUB.
 * @param guard the one that is in use, which may have replaced ours
 * @throws SettingsError
 */
export function refuseStubInProduction(guard: MaybeStub, { production, allowStub }: Env): void {
  if (!production || allowStub || !guard.isStub) return;
  throw new SettingsError([
    {
      name: 'AUTH_ALLOW_STUB',
      found: 'false, and everybody is the stub user',
      expected: 'a login (see Login in src/auth/user.ts); or true, for a demonstration',
    },
  ]);
}

/** Finds out who is logged in. A global module that provides it replaces the stub user: examples/login has one. */
export abstract class Login {
  /**
   * Usually what was kept in `request.session` at login, after `request.session.regenerate()`.
   * @throws UnauthorizedException where nobody is logged in
   */
  abstract userOf(request: Request): User;
}

/** Sets `request.user` for every route that is not `@Public()`. Without a `Login`, everybody is the stub user AUTH_STUB_EMAIL. */
@Injectable()
export class SessionUserGuard implements CanActivate, MaybeStub {
  /** The address is the id, too: payments of earlier versions have it. */
  private readonly stub: User;

  constructor(
    env: Env,
    private readonly reflector: Reflector,
    @Optional() private readonly login?: Login,
  ) {
    const email = normalizeEmail(env.stubEmail);
    this.stub = { id: email, email, emailVerified: true };
  }

  /** Production needs AUTH_ALLOW_STUB as long as this is true. */
  get isStub(): boolean {
    return !this.login;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<Request>();
    request.user = this.login ? this.login.userOf(request) : { ...this.stub };
    return true;
  }
}
