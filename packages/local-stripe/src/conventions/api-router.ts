import express, { type Request, type Response, type Router } from 'express';
import { savepoint, type Store, type Tx } from '../state/store.js';
import { originOf } from '../http/origin.js';
import { asAnswered } from './answers.js';
import { ApiError } from './errors.js';
import type { Endpoint } from './endpoint.js';
import { expand } from './expand.js';
import { digestOf, earlierAnswer, keepAnswer, KeysInUse, type Answer, type Asked } from './idempotency.js';
import { requestIdOf } from './middleware.js';
import { withOlderCharges } from './older-charges.js';
import { withOlderDiscounts } from './older-discounts.js';
import { withOlderInvoices } from './older-invoices.js';
import { toCurrentVersion } from './older-versions.js';
import { list, optional, text } from './params/index.js';
import { methodOf } from './sdk.js';
import { prepareKnown, type UnknownHere } from './unknown-here.js';
import { API_VERSION } from '../model/wire.js';

const expandPaths = optional(list(text));

/** Routes whose calls are one transaction each: parameters, idempotency key, effect, expansion, answer. */
export class ApiRouter {
  readonly router: Router = express.Router({ strict: true });
  /** All routes, as the SDK's facts name them: `POST /v1/refunds/:id`. */
  readonly routes = new Map<string, Endpoint>();
  private readonly keysInUse = new KeysInUse();
  private readonly writing = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly unknownHere: UnknownHere,
  ) {}

  get(path: string, endpoint: Endpoint): void {
    this.add('get', path, endpoint);
  }

  /** A GET that may make what it answers. What it makes to answer with, an endpoint takes back itself. */
  getOrMake(path: string, endpoint: Endpoint): void {
    this.writing.add(this.add('get', path, endpoint));
  }

  post(path: string, endpoint: Endpoint): void {
    this.add('post', path, endpoint);
  }

  delete(path: string, endpoint: Endpoint): void {
    this.add('delete', path, endpoint);
  }

  private add(verb: 'get' | 'post' | 'delete', path: string, endpoint: Endpoint): string {
    const method = methodOf(verb.toUpperCase(), `/v1${path}`);
    this.routes.set(method, endpoint);
    this.router[verb](path, (request, response) => this.answer(endpoint, method, request, response));
    return method;
  }

  private async answer(endpoint: Endpoint, method: string, request: Request, response: Response): Promise<void> {
    // Without a body the parameters are in the query; the official SDKs send those of DELETE there.
    const raw: Record<string, unknown> = { ...request.query, ...request.body };
    const { expand: rawPaths, ...rawParams } = raw;
    const paths = expandPaths(rawPaths, 'expand') ?? [];
    const path = request.baseUrl + request.path;
    const current = toCurrentVersion(path, request.get('stripe-version'), rawParams);
    const run = prepareKnown(endpoint, current, method, this.unknownHere);
    const named = request.get('stripe-version');
    const version = named ?? API_VERSION;
    const call = {
      id: String(request.params['id'] ?? ''),
      nested: String(request.params['nested'] ?? ''),
      namesVersion: named !== undefined,
      origin: originOf(request),
      path,
      version,
    };
    const inVersion: InVersion = async (tx, value) => {
      const older = await withOlderDiscounts(tx, await withOlderInvoices(tx, value, version, paths), version);
      return asAnswered(await withOlderCharges(tx, older, version), version);
    };
    const execute: Execute = async (tx) => inVersion(tx, await expand(tx, await run({ tx, ...call }), paths));

    const account = accountOf(request);
    const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
    const cause = { id: requestIdOf(response), idempotency_key: key ?? null };
    if (request.method === 'GET' && !this.writing.has(method))
      return send(response, ok(await this.store.read(execute, account)));
    if (key === undefined) {
      return send(response, await this.store.change(cause, (tx) => attempt(tx, cause.id, execute, inVersion), account));
    }

    const asked: Asked = { key: account === '' ? key : `${account} ${key}`, path, params: digestOf(raw) };
    const { answer, replayed } = await this.keysInUse.during(asked.key, () =>
      this.store.change(cause, (tx) => once(tx, asked, cause.id, execute, inVersion), account),
    );
    if (replayed) response.set('Idempotent-Replayed', 'true');
    response.set('Idempotency-Key', key);
    send(response, answer);
  }
}

/** The connected account that a call is made for, by the header `Stripe-Account`; empty: the platform's own. */
function accountOf(request: Request): string {
  const account = request.get('stripe-account') ?? '';
  if (account === '' || /^acct_\w+$/.test(account)) return account;
  throw new ApiError(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
  });
}

type Execute = (tx: Tx) => Promise<object>;

/** An answer as the version of its request has it. */
type InVersion = (tx: Tx, value: object) => Promise<object>;

/** Executes under an idempotency key, or returns its first answer. Errors are stored as well. */
async function once(
  tx: Tx,
  asked: Asked,
  requestId: string,
  execute: Execute,
  inVersion: InVersion,
): Promise<{ answer: Answer; replayed: boolean }> {
  const earlier = await earlierAnswer(tx, asked);
  if (earlier) return { answer: earlier, replayed: true };

  const answer = await attempt(tx, requestId, execute, inVersion);
  await keepAnswer(tx, asked, answer);
  return { answer, replayed: false };
}

/** Converts an ApiError to an answer. Its effects are rolled back unless it keeps them, as a decline does. */
async function attempt(tx: Tx, requestId: string, execute: Execute, inVersion: InVersion): Promise<Answer> {
  const takeBack = await savepoint(tx);
  return execute(tx).then(ok, async (error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    if (error.effects === 'undone') await takeBack();
    const body = await inVersion(tx, error.body(requestId));
    return { status: error.status, body: JSON.stringify(body, null, 2) };
  });
}

const ok = (body: object): Answer => ({ status: 200, body: JSON.stringify(body, null, 2) });

function send(response: Response, answer: Answer): void {
  response.status(answer.status).type('application/json').send(answer.body);
}
