import { type CanActivate, type ExecutionContext, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Env } from '../config/env.js';
import { normalizeEmail } from './email.js';
import type { MaybeStub } from './stub-user.js';
import { Public, type User } from './user.js';

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
  constructor(
    private readonly env: Env,
    private readonly reflector: Reflector,
    @Optional() private readonly login?: Login,
  ) {}

  /** Production needs AUTH_ALLOW_STUB as long as this is true. */
  get isStub(): boolean {
    return !this.login;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<Request>();
    request.user = this.login ? this.login.userOf(request) : this.stubUser();
    return true;
  }

  /** The address is the id, too: payments of earlier versions have it. */
  private stubUser(): User {
    const email = normalizeEmail(this.env.stubEmail);
    return { id: email, email, emailVerified: true };
  }
}
