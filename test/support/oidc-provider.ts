import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An OpenID Connect provider as small as a login needs it. It asks nobody for a password: everybody is `claims`. */
export class OidcProvider {
  readonly clientId = 'shop';
  readonly clientSecret = 'secret of the shop';
  issuer = '';
  /** Who logs in next. */
  claims: Record<string, unknown> = { sub: 'user-1', email: 'Jenny@Example.com', email_verified: true };
  /** Claims that the next ID tokens get wrong. */
  lies: Record<string, unknown> = {};
  /** Whether the user clicks Cancel. */
  denies = false;

  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly codes = new Map<string, URLSearchParams>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  /** Listens on a free port of this machine. */
  async start(): Promise<this> {
    await once(this.server.listen(0, 'localhost'), 'listening');
    this.issuer = `http://localhost:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.issuer);
    if (pathname === '/authorize') {
      response.writeHead(302, { location: this.authorize(searchParams).href }).end();
      return;
    }
    const json = {
      '/.well-known/openid-configuration': () => this.metadata(),
      '/jwks': () => ({ keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] }),
      '/token': async () => this.token(new URLSearchParams(await text(request))),
    }[pathname];
    const body = await json?.();
    response.writeHead(body ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: 'invalid_grant' }));
  }

  private metadata() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      end_session_endpoint: `${this.issuer}/logout`,
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  /** Back to the app, with a code that is good for one time. */
  private authorize(asked: URLSearchParams): URL {
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('state', asked.get('state') ?? '');
    if (this.denies) back.searchParams.set('error', 'access_denied');
    else {
      const code = randomUUID();
      this.codes.set(code, asked);
      back.searchParams.set('code', code);
    }
    return back;
  }

  /** `undefined` where the code, the secret, the address or the PKCE verifier is not right. */
  private token(form: URLSearchParams) {
    const asked = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      asked?.get('code_challenge') === challenge &&
      asked.get('redirect_uri') === form.get('redirect_uri') &&
      asked.get('client_id') === this.clientId &&
      form.get('client_secret') === this.clientSecret;
    if (!isRight) return undefined;
    return { access_token: randomUUID(), token_type: 'Bearer', id_token: this.idToken(asked.get('nonce')) };
  }

  private idToken(nonce: string | null): string {
    const now = Math.floor(Date.now() / 1_000);
    const times = { iat: now, exp: now + 60 };
    const claims = { iss: this.issuer, aud: this.clientId, nonce, ...times, ...this.claims, ...this.lies };
    const signed = [{ alg: 'RS256' }, claims].map(base64url).join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), this.keys.privateKey).toString('base64url')}`;
  }
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
