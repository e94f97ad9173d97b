import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import { csrfTokens } from './auth/csrf.js';
import { sessions } from './auth/sessions.js';
import { DatabaseSessionStore } from './auth/session-store.js';
import { Env } from './config/env.js';
import { knownHosts } from './http/known-hosts.js';
import { refuseNul } from './http/no-nul.js';
import { nameRequest } from './http/request-id.js';
import { noStore, securityHeaders } from './http/security-headers.js';
import { TimedExpressAdapter } from './http/timed-express-adapter.js';
import { useViews } from './http/views.js';
import { WebhookController } from './webhook/webhook.controller.js';

const LARGEST_FORM = '16kb';
/** What machines call: by whatever name they have for this one, and with no need of what browsers need. */
const FOR_MACHINES = /^\/(webhook|health)(\/|$)/;

/** Everything that stands before the routes, in order. One function for `main.ts` and for the tests. */
export async function configureApp(app: NestExpressApplication): Promise<void> {
  const env = app.get(Env);
  const adapter = app.getHttpAdapter();
  const webhook = app.get(WebhookController);
  if (adapter instanceof TimedExpressAdapter)
    adapter.takeAhead('/webhook', (request, response) => webhook.receive(request, response));

  app.set('trust proxy', env.trustProxy);
  app.disable('x-powered-by');
  app.use(nameRequest, securityHeaders(env), forBrowsers(knownHosts(env)));
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
