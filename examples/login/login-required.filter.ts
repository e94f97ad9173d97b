import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { LoginRequiredError } from '../auth/session-user.guard.js';

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
