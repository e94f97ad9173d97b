import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppLogger } from '../logging/app-logger.js';
import { AppModule } from '../app.module.js';
import { Env } from '../config/env.js';
import { TimedExpressAdapter } from './http-server.js';
import express from 'express';
import { csrfTokens } from '../auth/csrf.js';
import { sessions } from '../auth/sessions.js';
import { DatabaseSessionStore } from '../auth/session-store.js';
import { SessionUserGuard } from '../auth/session-user.guard.js';
import { refuseStubInProduction } from '../auth/stub-user.js';
import { knownHosts, refuseNul } from '../http/request-checks.js';
import { setRequestId, noStore, securityHeaders } from '../http/response-headers.js';
import { useViews } from '../http/views.js';
import { WebhookController } from '../webhook/webhook.controller.js';

const LARGEST_FORM = '16kb';
/** What machines call: by whatever name they have for this one, and with no need of what browsers need. */
const FOR_MACHINES = /^\/(webhook|health)(\/|$)/;

/** Everything that stands before the routes, in order. One function for `main.ts` and for the tests. */
export async function configureApp(app: NestExpressApplication): Promise<void> {
  const env = app.get(Env);
  refuseStubInProduction(app.get(SessionUserGuard), env);
  const adapter = app.getHttpAdapter();
  const webhook = app.get(WebhookController);
  if (adapter instanceof TimedExpressAdapter)
    adapter.addRawRoute('/webhook', (request, response) => webhook.receive(request, response));

  app.set('trust proxy', env.trustProxy);
  app.disable('x-powered-by');
  app.use(setRequestId, securityHeaders(env), forBrowsers(knownHosts(env)));
  await useViews(app);
  app.use(
    noStore,
    forBrowsers(
      ...sessions(env, app.get(DatabaseSessionStore)),
      csrfTokens(env),
      express.urlencoded({ extended: false, limit: LARGEST_FORM }),
      refuseNul,
    ),
  );
}

/** What browsers need is not done for the routes that machines call. */
function forBrowsers(...handlers: express.RequestHandler[]): express.RequestHandler {
  const router = express.Router();
  router.use(...handlers);
  return (request, response, next) => (FOR_MACHINES.test(request.path) ? next() : router(request, response, next));
}

/** The app, ready to listen: migrated, configured, its routes in place. */
export async function createApp(env: Env): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(env), new TimedExpressAdapter(), {
    logger: loggerFor(env, ['warn', 'error', 'fatal']), // each module and route would be a line of its own
    bodyParser: false, // each path has its own: see configure-app.ts
    abortOnError: false, // errors go to whoever called, with their words, instead of ending the process
  });
  await configureApp(app);
  await app.init();
  app.useLogger(loggerFor(env, ['log', 'warn', 'error', 'fatal']));
  return app;
}

const loggerFor = (env: Env, logLevels: LogLevel[]) =>
  new AppLogger({ json: env.logFormat === 'json', colors: env.logFormat === 'pretty', logLevels });
