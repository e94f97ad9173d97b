import type { RequestHandler } from 'express';
import { queried } from '../dashboard/labels.js';
import { pageOf, withQuery, type Filter } from '../http/components.js';
import type { PageRequest } from '../state/queries.js';
import type { Store, Tx } from '../state/store.js';
import { customerRow, invoiceRow, rowsOf, subscriptionRow } from './rows.js';

const SHOWN = 50;

const SUBSCRIPTION_STATUSES: Record<string, string | undefined> = {
  All: undefined,
  Active: 'active',
  Trialing: 'trialing',
  'Past due': 'past_due',
  Unpaid: 'unpaid',
  Incomplete: 'incomplete',
  Paused: 'paused',
  Canceled: 'canceled',
};

const INVOICE_STATUSES: Record<string, string | undefined> = {
  All: undefined,
  Draft: 'draft',
  Open: 'open',
  Paid: 'paid',
  Uncollectible: 'uncollectible',
  Void: 'void',
};

const filterBy = (path: string, statuses: Record<string, string | undefined>, chosen: string | undefined): Filter => ({
  label: 'Status',
  choices: Object.entries(statuses).map(([label, status]) => ({
    label,
    href: withQuery(path, { status }),
    current: status === chosen,
  })),
});

interface Listed {
  view: string;
  title: string;
  path: string;
  /** The field that the list is filtered by. */
  by: 'status' | 'email';
  /** The choices of a filter by status. */
  statuses?: Record<string, string | undefined>;
  /** Reads one object more than are shown. */
  rows: (tx: Tx, asked: PageRequest) => Promise<Array<{ id: string }>>;
}

/** `?status=…&after=ID`, or `?email=…`: a list, newest first, 50 a page. */
const listPage =
  (store: Store, { view, title, path, by, statuses, rows }: Listed): RequestHandler =>
  async ({ query }, response) => {
    const [value, after] = [queried(query, by), queried(query, 'after')];
    const shown = await store.read(async (tx) => {
      const found = await rows(tx, {
        limit: SHOWN + 1,
        ...(after !== undefined && { startingAfter: after }),
        where: { [by]: value },
      });
      return pageOf(found, SHOWN, path, { [by]: value, after });
    });
    response.render(view, {
      title,
      filter: statuses && filterBy(path, statuses, value),
      filterValue: value,
      filtered: value !== undefined,
      [view]: shown.items,
      pager: shown.pager,
    });
  };

/** `GET /customers?email=ada@example.com` */
export const customersPage = (store: Store): RequestHandler =>
  listPage(store, {
    view: 'customers',
    title: 'Customers',
    path: '/customers',
    by: 'email',
    rows: async (tx, asked) => rowsOf(await tx.objects.list('customer', asked), (each) => customerRow(tx, each)),
  });

/** `GET /subscriptions` */
export const subscriptionsPage = (store: Store): RequestHandler =>
  listPage(store, {
    view: 'subscriptions',
    title: 'Subscriptions',
    path: '/subscriptions',
    by: 'status',
    statuses: SUBSCRIPTION_STATUSES,
    rows: async (tx, asked) =>
      rowsOf(await tx.objects.list('subscription', asked), (each) => subscriptionRow(tx, each)),
  });

/** `GET /invoices` */
export const invoicesPage = (store: Store): RequestHandler =>
  listPage(store, {
    view: 'invoices',
    title: 'Invoices',
    path: '/invoices',
    by: 'status',
    statuses: INVOICE_STATUSES,
    rows: async (tx, asked) => rowsOf(await tx.objects.list('invoice', asked), (each) => invoiceRow(tx, each)),
  });
