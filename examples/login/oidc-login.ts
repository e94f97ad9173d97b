import { Inject, Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import { normalizeEmail, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { PageError } from '../http/page-error.js';

/** This app at the login provider, which calls it a client. */
export interface OidcSettings {
  /** The provider's address, such as `https://login.example.com`; `/.well-known/openid-configuration` is below it. */
  issuer: string;
  clientId: string;
  clientSecret: string;
}
export const OIDC_SETTINGS = Symbol('OIDC_SETTINGS');

/** What the session keeps from the start of a login to its end. */
export interface PendingLogin {
  codeVerifier: string;
  state: string;
  nonce: string;
  /** A path of this app. */
  returnTo: string;
}

/** Seconds that the provider may take to answer. */
const TIMEOUT_S = 10;

/** Logs in by OpenID Connect: authorization code flow with PKCE, state and nonce. */
@Injectable()
export class OidcLogin {
  private configuration?: Promise<oidc.Configuration> | undefined;

  constructor(
    @Inject(OIDC_SETTINGS) private readonly settings: OidcSettings,
    private readonly env: Env,
  ) {}

  /** The address at the provider to go to, and what `finish` needs afterwards. */
  async begin(returnTo: string): Promise<{ url: URL; pending: PendingLogin }> {
    const pending = {
      codeVerifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      returnTo,
    };
    const url = oidc.buildAuthorizationUrl(await this.configured(), {
      redirect_uri: `${this.env.domainUrl}/login/callback`,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      state: pending.state,
      nonce: pending.nonce,
    });
    return { url, pending };
  }

  /**
   * Who logged in. `callback`: path and query that the provider sent the browser back to.
   * @throws PageError 403 where the provider refuses, says nothing valid, or names no e-mail address
   */
  async finish(callback: string, { codeVerifier, state, nonce }: PendingLogin): Promise<User> {
    const checks = { pkceCodeVerifier: codeVerifier, expectedState: state, expectedNonce: nonce };
    const current = new URL(callback, this.env.domainUrl); // not the Host header, which anybody can write
    const tokens = await oidc
      .authorizationCodeGrant(await this.configured(), current, checks)
      .catch((cause: unknown) => {
        throw new PageError(403, 'You are not logged in', 'The login did not work. Please try again.', { cause });
      });
    const { sub, email, email_verified } = tokens.claims() as oidc.IDToken; // there is one, since a nonce is expected
    if (typeof email !== 'string')
      throw new PageError(
        403,
        'You are not logged in',
        'Your login has no e-mail address, which we need for receipts.',
      );
    return { id: sub, email: normalizeEmail(email), emailVerified: email_verified === true };
  }

  /** Where to end the login at the provider, too; none where it has no such address, or does not answer. */
  async logoutUrl(): Promise<string | undefined> {
    const configuration = await this.configured().catch(() => undefined);
    if (!configuration?.serverMetadata().end_session_endpoint) return undefined;
    return oidc.buildEndSessionUrl(configuration, { post_logout_redirect_uri: `${this.env.domainUrl}/logged-out` })
      .href;
  }

  /** Asked of the provider at the first login, not at boot: the app takes webhooks without it. */
  private configured(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const execute = issuer.startsWith('http://localhost') ? [oidc.allowInsecureRequests] : [];
    this.configuration ??= oidc
      .discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: TIMEOUT_S })
      .catch((cause: unknown) => {
        this.configuration = undefined; // the next login asks again
        throw new PageError(503, 'Login is not available right now', 'Please try again in a minute.', { cause });
      });
    return this.configuration;
  }
}
