import { join } from 'node:path';
import express, { type Express } from 'express';
import { apiRoutes } from './api/index.js';
import { visitPaymentLink } from './checkout/link-page.js';
import { authenticationPages, checkoutPages } from './checkout/pages.js';
import { goingBy, type Clock } from './clock.js';
import type { Controls } from './controls.js';
import { misbehavingCalls } from './faults/misbehaving-calls.js';
import type { Ledger } from './ledger.js';
import type { Settings } from './options.js';
import { STRIPE_HOSTS } from './origin.js';
import { controlRoutes } from './pages/control.js';
import { answerPageErrors } from './pages/errors.js';
import { knownHostsOnly } from './pages/known-hosts-only.js';
import { pageRoutes } from './pages/routes.js';
import { securityHeaders } from './pages/security-headers.js';
import { useViews, VIEWS } from './pages/views.js';

/** The sandbox over HTTP: the API below /v1, pages for people, switches for tests. */
export function sandboxApp(ledger: Ledger, settings: Settings, clock: Clock, controls: Controls): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'extended');
  useViews(app);

  app.use(knownHostsOnly(knownHosts(settings)));
  app.use((_request, _response, next) => goingBy(clock, next));
  app.use('/v1', misbehavingCalls(controls.misbehaviour), apiRoutes(ledger, settings));
  app.use('/_sandbox', controlRoutes(ledger, controls, settings.log));
  app.use('/_sandbox/styles', express.static(join(VIEWS, 'styles'), { index: false }));
  app.use('/_sandbox/scripts', express.static(join(VIEWS, 'scripts'), { index: false }));

  app.use(securityHeaders);
  app.use('/c/pay', checkoutPages(ledger, settings.bankDebitDelayMs));
  app.get('/b/:id', visitPaymentLink(ledger));
  app.use('/c/authenticate', authenticationPages(ledger));
  app.use(pageRoutes(ledger, controls, settings.forwardTo));
  app.use((_request, response) => response.status(404).render('ended', { title: 'Not found' }));
  app.use(answerPageErrors(settings.log));
  return app;
}

/** Addresses to listen on that nobody is reached by. */
const ANY_ADDRESS = ['0.0.0.0', '::'];

/** The names besides `localhost` that this sandbox is reached by. */
const knownHosts = ({ host = '', allowedHosts, checkoutHost = '', tls }: Settings): string[] => [
  ...allowedHosts,
  ANY_ADDRESS.includes(host) ? '' : host.includes(':') ? `[${host}]` : host,
  checkoutHost,
  ...(tls ? STRIPE_HOSTS : []),
];
