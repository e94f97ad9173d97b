import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import { csrfTokens } from './auth/csrf.js';
import { sessions } from './auth/sessions.js';
import { DatabaseSessionStore } from './auth/session-store.js';
import { Env } from './config/env.js';
import { nameRequest } from './http/request-id.js';
import { securityHeaders } from './http/security-headers.js';
import { TimedExpressAdapter } from './http/timed-express-adapter.js';
import { useViews } from './http/views.js';
import { WebhookController } from './webhook/webhook.controller.js';

const LARGEST_FORM = '16kb';

/** Everything that stands before the routes, in order. One function for `main.ts` and for the tests. */
export async function configureApp(app: NestExpressApplication): Promise<void> {
  const env = app.get(Env);
  const adapter = app.getHttpAdapter();
  const webhook = app.get(WebhookController);
  if (adapter instanceof TimedExpressAdapter)
    adapter.takeAhead('/webhook', (request, response) => webhook.receive(request, response));

  app.set('trust proxy', env.trustProxy);
  app.disable('x-powered-by');
  app.use(nameRequest, securityHeaders(env));
  await useViews(app);
  app.use(
    unlessIn(
      ['/webhook', '/health/'],
      ...sessions(env, app.get(DatabaseSessionStore)),
      csrfTokens(env),
      express.urlencoded({ extended: false, limit: LARGEST_FORM }),
    ),
  );
}

/** What browsers need is not done for the routes that machines call. */
function unlessIn(paths: string[], ...handlers: express.RequestHandler[]): express.RequestHandler {
  const router = express.Router();
  router.use(...handlers);
  return (request, response, next) =>
    paths.some((path) => request.path.startsWith(path)) ? next() : router(request, response, next);
}
