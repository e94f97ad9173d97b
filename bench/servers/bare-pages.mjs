// The shop and the account as one file of Express: express-session, Handlebars and better-sqlite3, with the product's views, queries
// and data. No Nest, no TypeORM, no security headers. Environment: PORT, DATABASE, SESSION_SECRET, APP_NAME.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import express from 'express';
import session from 'express-session';
import { CUSTOMER } from '../data/customer-payments.mjs';
import { SESSION_COOKIE } from '../load/shared.mjs';
import { BarePayments } from './bare-payments.mjs';
import { BareSessionStore } from './bare-session-store.mjs';
import { byMonth, catalog, english, filterLinks, formatAmount, Templates } from './product-parts.mjs';

const { PORT, DATABASE, SESSION_SECRET, APP_NAME } = process.env;
const VIEWS = join(import.meta.dirname, '..', '..', 'views');
const database = new Database(DATABASE);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
const payments = new BarePayments(database);
const user = { id: CUSTOMER, email: CUSTOMER };
const offers = catalog({ appName: APP_NAME });
const csrfOf = ({ sessionID }) => createHmac('sha256', SESSION_SECRET).update(sessionID).digest('hex');

const app = express();
const shared = { shop: { name: 'Shop' } };
const templates = new Templates(VIEWS, english, { asset: (name) => `/assets/${name}`, shared });
app.engine('hbs', (path, data, done) => done(null, templates.render(path, data)));
app.set('view engine', 'hbs');
app.set('views', VIEWS);

app.get('/health/ready', (_request, response) => response.json({ status: 'ok' }));
app.use(
  session({
    store: new BareSessionStore(database),
    secret: SESSION_SECRET,
    name: SESSION_COOKIE,
    cookie: { httpOnly: true, sameSite: 'lax', maxAge: 14 * 24 * 3_600_000 },
    rolling: true,
    resave: false,
    saveUninitialized: false,
  }),
);

app.get('/', (request, response) => {
  response.render('shop', {
    user,
    title: 'Shop',
    csrf: csrfOf(request),
    offers: offers.map((offer) => ({ ...offer, price: formatAmount(offer.amount, offer.currency) })),
  });
});

app.get('/account', (request, response) => {
  const { payments: shown, next } = payments.firstPage(user.id);
  response.render('account', {
    user,
    title: 'Your account',
    csrf: csrfOf(request),
    filters: filterLinks(undefined, english),
    months: byMonth(shown, english, '.'),
    next,
    paged: next !== undefined,
  });
});

app.listen(Number(PORT), '127.0.0.1');
