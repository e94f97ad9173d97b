import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import express from 'express';
import { AppModule } from '../app.module.js';
import { csrfTokens } from '../auth/csrf.js';
import { sessions } from '../auth/sessions.js';
import { DatabaseSessionStore } from '../auth/session-store.js';
import { refuseStubInProduction, SessionUserGuard } from '../auth/user.js';
import { Env } from '../config/env.js';
import { knownHosts, refuseNul, refuseNulInJson } from '../http/request-checks.js';
import { noStore, securityHeaders, setRequestId } from '../http/response-headers.js';
import { setLanguage } from '../http/texts/texts.js';
import { useViews } from '../http/views.js';
import { AppLogger } from '../logging/app-logger.js';
import { WebhookController } from '../webhook/webhook.controller.js';
import { TimedExpressAdapter } from './http-server.js';

const LARGEST_FORM = '16kb';
const LARGEST_JSON = '100kb';
/** Routes for machines: under any host name, without sessions, CSRF tokens and parsed bodies. */
const FOR_MACHINES = /^\/(webhook|health)(\/|$)/;

/**
 * The app, ready to listen: migrated, configured, its routes in place.
 * @throws OperatorError where an operator can correct what is wrong: settings, the database, the catalog
 */
export async function createApp(env: Env): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(env), new TimedExpressAdapter(), {
    logger: loggerFor(env, ['warn', 'error', 'fatal']), // without a line for each module and each route
    bodyParser: false, // configureApp chooses one for each path
    abortOnError: false, // throw instead of ending the process
  });
  await configureApp(app);
  await app.init();
  app.useLogger(loggerFor(env, ['log', 'warn', 'error', 'fatal']));
  return app;
}

const loggerFor = (env: Env, logLevels: LogLevel[]) =>
  new AppLogger({ json: env.logFormat === 'json', colors: env.logFormat === 'pretty', logLevels });

/** Everything that comes before the routes, in order. Tests configure their apps with it, too. */
export async function configureApp(app: NestExpressApplication): Promise<void> {
  const env = app.get(Env);
  refuseStubInProduction(app.get(SessionUserGuard), env);
  const adapter = app.getHttpAdapter();
  const webhook = app.get(WebhookController);
  if (adapter instanceof TimedExpressAdapter)
    adapter.addRawRoute('/webhook', (request, response) => webhook.receive(request, response));

  app.set('trust proxy', env.trustProxy);
  app.disable('x-powered-by');
  app.disable('etag'); // it costs a hash of each page, which is `no-store`: no browser asks whether it has changed
  app.use(setRequestId, setLanguage, securityHeaders(env), exceptForMachines(knownHosts(env), compression()));
  useViews(app);
  app.use(
    noStore,
    exceptForMachines(
      ...sessions(env, app.get(DatabaseSessionStore)),
      csrfTokens(env),
      express.urlencoded({ extended: false, limit: LARGEST_FORM }),
      express.json({ limit: LARGEST_JSON, reviver: refuseNulInJson }),
      emptyBody,
      refuseNul,
    ),
  );
}

function exceptForMachines(...handlers: express.RequestHandler[]): express.RequestHandler {
  const router = express.Router();
  router.use(...handlers);
  return (request, response, next) => (FOR_MACHINES.test(request.path) ? next() : router(request, response, next));
}

/** Gives routes `{}` where nothing was sent, so that it fits a schema of optional fields. */
function emptyBody(request: express.Request, _response: express.Response, next: express.NextFunction): void {
  request.body ??= {};
  next();
}
