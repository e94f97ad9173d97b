import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Login } from '../auth/session-user.guard.js';
import type { User } from '../auth/user.js';

declare module 'express-session' {
  interface SessionData {
    /** Who is logged in; none before the login and after the logout. */
    user?: User;
  }
}

/** Whoever logged in, in this browser session. */
@Injectable()
export class SessionLogin extends Login {
  /** @throws LoginRequiredError for a page, UnauthorizedException for a form or a JSON route, where nobody is logged in */
  userOf(request: Request): User {
    const { user } = request.session;
    if (!user) throw isPage(request) ? new LoginRequiredError() : new UnauthorizedException();
    return user;
  }
}

const isPage = (request: Request) => request.method === 'GET' && request.accepts(['html', 'json']) === 'html';

export class LoginRequiredError extends UnauthorizedException {}

/** Leads whoever is not logged in to the login, and from there back to the page that was asked for. */
@Catch(LoginRequiredError)
export class LoginRequiredFilter implements ExceptionFilter {
  catch(_error: LoginRequiredError, host: ArgumentsHost): void {
    const { originalUrl } = host.switchToHttp().getRequest<Request>();
    host
      .switchToHttp()
      .getResponse<Response>()
      .redirect(`/login?${new URLSearchParams({ to: originalUrl })}`);
  }
}
