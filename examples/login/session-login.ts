import { Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import { Login, type User } from '../auth/user.js';
import { RedirectError } from '../http/page-error.js';

declare module 'express-session' {
  interface SessionData {
    /** Who is logged in; none before the login and after the logout. */
    user?: User;
  }
}

/** Whoever logged in, in this browser session. */
@Injectable()
export class SessionLogin extends Login {
  /**
   * Where nobody is logged in, a page leads to the login, and from there back to it.
   * @throws RedirectError for a page, UnauthorizedException for a form or a JSON route
   */
  userOf(request: Request): User {
    const { user } = request.session;
    if (user) return user;
    if (!isPage(request)) throw new UnauthorizedException();
    throw new RedirectError(`/login?${new URLSearchParams({ to: request.originalUrl })}`);
  }
}

const isPage = (request: Request) => request.method === 'GET' && request.accepts(['html', 'json']) === 'html';
