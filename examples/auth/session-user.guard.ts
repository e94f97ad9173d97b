import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Public, type User } from '../auth/user.js';

declare module 'express-session' {
  interface SessionData {
    /** Who is logged in; none before the login and after the logout. */
    user?: User;
  }
}

/** A page was asked for without a login: `LoginRequiredFilter` leads to it. */
export class LoginRequiredError extends UnauthorizedException {}

/** Says who the user is: whoever logged in, in this browser session. */
@Injectable()
export class SessionUserGuard implements CanActivate {
  readonly isStub: boolean = false;

  constructor(private readonly reflector: Reflector) {}

  /** @throws LoginRequiredError for a page, UnauthorizedException for a form or a JSON route, where nobody is logged in */
  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const { user } = request.session;
    if (!user) throw isPage(request) ? new LoginRequiredError() : new UnauthorizedException();
    request.user = user;
    return true;
  }
}

const isPage = (request: Request) => request.method === 'GET' && request.accepts(['html', 'json']) === 'html';
