import type { RequestHandler } from 'express';
import type { Ledger } from '../ledger.js';
import { eventRows } from './event-rows.js';
import { olderThan } from './older.js';

const SHOWN = 50;

/** `GET /events?after=ID`: all of them, newest first. */
export const eventsPage =
  (ledger: Ledger): RequestHandler =>
  async ({ query }, response) => {
    const shown = await ledger.read(async (tx) => {
      const found = await tx.objects.list('event', { limit: SHOWN + 1, startingAfter: olderThan(query) });
      return {
        events: await eventRows(tx, found.slice(0, SHOWN)),
        older: found.length > SHOWN && found[SHOWN - 1]?.id,
      };
    });
    response.render('events', { title: 'Events', ...shown });
  };
