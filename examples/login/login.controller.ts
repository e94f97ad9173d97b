import { Controller, Get, Post, Query, Redirect, Render, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Public } from '../auth/user.js';
import { Customers } from '../customers/customers.service.js';
import { ownerOf } from '../customers/owner.js';
import { OidcLogin, type PendingLogin } from './oidc-login.js';

declare module 'express-session' {
  interface SessionData {
    login?: PendingLogin;
  }
}

/** Login and logout. */
@Controller()
export class LoginController {
  constructor(
    private readonly oidc: OidcLogin,
    private readonly customers: Customers,
  ) {}

  /** Leads to the provider. `to`: the path of this app that the customer wanted; defaults to the shop. */
  @Get('login')
  @Public()
  async begin(@Query('to') to: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { url, pending } = await this.oidc.begin(ownPath(to));
    request.session.login = pending;
    await change(request, 'save');
    response.redirect(url.href);
  }

  /** Where the provider sends the browser back to. */
  @Get('login/callback')
  @Public()
  async finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { login } = request.session;
    if (!login) return response.redirect('/login'); // the back button, or a session that has expired meanwhile
    const user = await this.oidc.finish(request.originalUrl, login);
    await this.customers.changeEmail(ownerOf(user), user.email); // their receipts go to it from now on
    await change(request, 'regenerate'); // or whoever knew the session's id before the login would share it
    request.session.user = user;
    await change(request, 'save');
    response.redirect(login.returnTo);
  }

  /** A form with its CSRF token, so that no other page can log a customer out. */
  @Post('logout')
  @Redirect('/logged-out', 303)
  async logout(@Req() request: Request): Promise<void> {
    await change(request, 'destroy');
  }

  @Get('logged-out')
  @Public()
  @Render('logged-out')
  async loggedOut() {
    return { title: 'You are logged out', logoutUrl: await this.oidc.logoutUrl() };
  }
}

/** `to` where it is a path of this app; else `/`. A browser reads `//host` and `/\host` as another host. */
const ownPath = (to: unknown): string => (typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/');

/** Changes the session and waits until that is stored. */
const change = (request: Request, how: 'save' | 'regenerate' | 'destroy'): Promise<void> =>
  new Promise((resolve, reject) => request.session[how]((error: unknown) => (error ? reject(error) : resolve())));
