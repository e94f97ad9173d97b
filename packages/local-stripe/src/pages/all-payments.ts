import type { RequestHandler } from 'express';
import type { Ledger } from '../ledger.js';
import { olderThan } from './older.js';
import { paymentRows } from './payment-rows.js';

const SHOWN = 50;

/** `GET /payments?after=ID`: all of them, newest first. */
export const paymentsPage =
  (ledger: Ledger): RequestHandler =>
  async ({ query }, response) => {
    const shown = await ledger.read(async (tx) => {
      const found = await tx.objects.list('payment_intent', { limit: SHOWN + 1, startingAfter: olderThan(query) });
      return {
        payments: await paymentRows(tx, found.slice(0, SHOWN)),
        older: found.length > SHOWN && found[SHOWN - 1]?.id,
      };
    });
    response.render('payments', { title: 'Payments', ...shown });
  };
