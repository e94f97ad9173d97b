import { join } from 'node:path';
import express, { type Express } from 'express';
import { apiRoutes, newerApiRoutes } from './api/index.js';
import { billingPages } from './billing-pages/routes.js';
import { visitPaymentLink } from './checkout/link-page.js';
import { authenticationPages, checkoutPages } from './checkout/pages.js';
import { runWithClock, type Clock } from './model/clock.js';
import type { Controls } from './control/controls.js';
import { failingCalls } from './conventions/failing-calls.js';
import type { Store } from './state/store.js';
import type { Settings } from './options.js';
import { STRIPE_HOSTS } from './http/origin.js';
import { controlRoutes } from './control/routes.js';
import { knownHostsOnly } from './http/known-hosts-only.js';
import { invoicePages } from './hosted-invoice/pages.js';
import { mailboxPages } from './mailbox/pages.js';
import { portalPages } from './portal/pages.js';
import { pageRoutes } from './dashboard/routes.js';
import { securityHeaders } from './http/security-headers.js';
import { useViews, VIEWS } from './http/views.js';
import type { ErrorRequestHandler } from 'express';

/** Answers errors of pages; the reason is logged and not sent. */
export const answerPageErrors =
  (log: (line: string) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    const status =
      error instanceof Error && 'status' in error && Number(error.status) < 500 ? Number(error.status) : 500;
    if (status === 500) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    response.status(status).render('ended', { title: 'Something went wrong', broken: true });
  };

/** The Express app: the API below /v1, the control API below /_sandbox, Checkout and the dashboard. */
export function sandboxApp(store: Store, settings: Settings, clock: Clock, controls: Controls): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'extended');
  useViews(app);

  app.use(knownHostsOnly(knownHosts(settings)));
  app.use((_request, _response, next) => runWithClock(clock, next));
  app.use(
    '/v1',
    failingCalls(controls.faultRules),
    apiRoutes(store, { ...settings, unknownHere: controls.unknownHere }),
  );
  app.use('/v2', newerApiRoutes(settings.log));
  app.use('/_sandbox', controlRoutes(store, controls, settings.log));
  app.use('/_sandbox/styles', express.static(join(VIEWS, 'styles'), { index: false }));
  app.use('/_sandbox/scripts', express.static(join(VIEWS, 'scripts'), { index: false }));

  app.use(securityHeaders);
  app.use('/c/pay', checkoutPages(store));
  app.use('/p/session', portalPages(store));
  app.use('/invoice', invoicePages(store));
  app.get('/b/:id', visitPaymentLink(store));
  app.use('/c/authenticate', authenticationPages(store));
  app.use(pageRoutes(store, controls, settings.forwardTo));
  app.use(billingPages(store), mailboxPages(store));
  app.use((_request, response) => response.status(404).render('ended', { title: 'Not found' }));
  app.use(answerPageErrors(settings.log));
  return app;
}

/** Wildcard addresses, which are no host names. */
const ANY_ADDRESS = ['0.0.0.0', '::'];

/** The host names besides `localhost` that are answered. */
const knownHosts = ({ host = '', allowedHosts, checkoutHost = '', tls }: Settings): string[] => [
  ...allowedHosts,
  ANY_ADDRESS.includes(host) ? '' : host.includes(':') ? `[${host}]` : host,
  checkoutHost,
  ...(tls ? STRIPE_HOSTS : []),
];
