// The shop and the account as one file of Express: express-session, hbs and better-sqlite3, with the product's views, queries
// and data. No Nest, no TypeORM, no security headers. Environment: PORT, DATABASE, SESSION_SECRET, APP_NAME.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import express from 'express';
import session from 'express-session';
import hbs from 'hbs';
import { CUSTOMER } from '../data/customer-payments.mjs';
import { SESSION_COOKIE } from '../load/shared.mjs';
import { BarePayments } from './bare-payments.mjs';
import { BareSessionStore } from './bare-session-store.mjs';
import {
  amountSigns,
  Assets,
  byMonth,
  catalog,
  english,
  filterLinks,
  formatAmount,
  loadEnv,
} from './product-parts.mjs';

const { PORT, DATABASE, SESSION_SECRET, APP_NAME } = process.env;
const VIEWS = join(import.meta.dirname, '..', '..', 'views');
const database = new Database(DATABASE);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
const payments = new BarePayments(database);
const user = { id: CUSTOMER, email: CUSTOMER };
const env = loadEnv({ APP_NAME }, '/nowhere/.env').with({ production: true });
/** The Stripe of this benchmark has no plans, so that the product shows none. */
const offers = catalog(env).filter(({ plan }) => !plan);
const assets = new Assets(VIEWS, env);
const { t } = english;
const csrfOf = ({ sessionID }) => createHmac('sha256', SESSION_SECRET).update(sessionID).digest('hex');

const app = express();
const hasLines = env.face.legalLines.length > 0 || Boolean(env.face.supportEmail);
const handlebars = hbs.create();
await new Promise((resolve, reject) =>
  handlebars.registerPartials(join(VIEWS, 'partials'), { rename: (name) => name }, (error) =>
    error ? reject(error) : resolve(),
  ),
);
handlebars.registerHelper('t', (key, { hash }) => t(key, hash));
handlebars.registerHelper('asset', assets.address);
app.engine('hbs', handlebars.__express);
Object.assign(app.locals, { ...english.language, shop: { ...env.face, hasLines } });
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
    inShop: true,
    title: t('shop.title'),
    csrf: csrfOf(request),
    several: offers.length > 1,
    offers: offers.map((offer) => ({ ...offer, price: formatAmount(offer.amount, offer.currency, english.locale) })),
  });
});

app.get('/account', (request, response) => {
  const { payments: shown, next } = payments.firstPage(user.id);
  response.render('account', {
    user,
    inAccount: true,
    title: t('account.title'),
    csrf: csrfOf(request),
    filters: filterLinks(undefined, english),
    filtered: true,
    months: byMonth(shown, english, amountSigns(request, english)),
    next,
    paged: next !== undefined,
  });
});

app.listen(Number(PORT), '127.0.0.1');
