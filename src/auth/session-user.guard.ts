import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Env } from '../config/env.js';
import { normalizeEmail } from './email.js';
import { Public } from './user.js';
import type { MaybeStub } from './stub-user.js';

/**
 * Says who the user is: a stub, everybody is AUTH_STUB_EMAIL. Put your login here: set `request.user` from
 * `request.session` and throw an UnauthorizedException where nobody is logged in. Call `request.session.regenerate()`
 * at login, since the session's id survives it otherwise, and take `isStub` away.
 */
@Injectable()
export class SessionUserGuard implements CanActivate, MaybeStub {
  /** Production asks for AUTH_ALLOW_STUB as long as this is true. */
  readonly isStub: boolean = true;

  constructor(
    private readonly env: Env,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    const email = normalizeEmail(this.env.stubEmail); // the stub's id, too: the payments of every demonstration so far have it
    context.switchToHttp().getRequest<Request>().user = { id: email, email, emailVerified: true };
    return true;
  }
}
