import express, { type RequestHandler, type Response, type Router } from 'express';
import { browserRequest } from '../checkout/answers.js';
import { readForm } from '../checkout/form.js';
import { originOf } from '../http/origin.js';
import type { Store } from '../state/store.js';
import { findInvoice, type FoundInvoice } from './find.js';
import { shownInvoice } from './model.js';
import { payInvoice } from './pay.js';
import { invoicePdf } from './pdf.js';

const NOT_PROCESSED = 422;
const PAYMENT_REQUIRED = 402;
const PAYABLE = ['open', 'uncollectible'];

interface Named {
  id: string;
  token: string;
}

/** The pages at an invoice's `hosted_invoice_url`, and its `invoice_pdf`, below `/invoice`. */
export function invoicePages(store: Store): Router {
  const router = express.Router();
  const form = express.urlencoded({ extended: false, limit: '64kb' });
  router.route('/:id/:token').get(show(store)).post(form, pay(store));
  router.get('/:id/:token/pdf', sendPdf(store));
  return router;
}

const find = (store: Store, { id, token }: Named): Promise<FoundInvoice | undefined> =>
  store.read((tx) => findInvoice(tx, id, token));

const show =
  (store: Store): RequestHandler =>
  async ({ params, query }, response) => {
    const found = await find(store, params as unknown as Named);
    const failed = query['redirect_status'] === 'failed';
    render(response, found, failed ? { alert: 'Your card could not be authenticated. Nothing was charged.' } : {});
  };

const pay =
  (store: Store): RequestHandler =>
  async (request, response) => {
    const named = request.params as unknown as Named;
    const found = await find(store, named);
    if (!found) return render(response, undefined);
    const email = found.customer?.email ?? 'customer@example.com';
    const reading = readForm({ ...(request.body as object), email }, { card: true, bankDebit: false });
    if ('problems' in reading) {
      return render(response.status(NOT_PROCESSED), found, { ...reading.typed, problems: reading.problems });
    }
    const origin = originOf(request);
    const result = await store.change(browserRequest(), (tx) => payInvoice(tx, named, reading.submission, origin));
    switch (result.outcome) {
      case 'declined':
        return render(response.status(PAYMENT_REQUIRED), found, { ...reading.typed, alert: result.message });
      case 'authenticate':
        return response.redirect(303, result.url);
      default:
        return response.redirect(303, request.originalUrl);
    }
  };

function render(response: Response, found: FoundInvoice | undefined, more: object = {}): void {
  if (!found) return void response.status(404).render('ended', { title: 'Invoice' });
  const { invoice } = found;
  const shown = shownInvoice(invoice);
  response.render('invoice', {
    title: `Invoice ${shown.invoiceNumber}`,
    billing: true,
    checkout: true,
    ...shown,
    payable: PAYABLE.includes(String(invoice.status)),
    action: new URL(String(invoice.hosted_invoice_url)).pathname,
    pdf: invoice.invoice_pdf && new URL(invoice.invoice_pdf).pathname,
    problems: {},
    ...more,
  });
}

const sendPdf =
  (store: Store): RequestHandler =>
  async ({ params }, response) => {
    const found = await find(store, params as unknown as Named);
    if (!found) return void response.status(404).render('ended', { title: 'Invoice' });
    const name = `Invoice-${found.invoice.number ?? found.invoice.id}.pdf`;
    response.type('application/pdf').set('Content-Disposition', `attachment; filename="${name}"`);
    response.send(await invoicePdf(found.invoice));
  };
