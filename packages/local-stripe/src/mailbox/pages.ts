import type { RequestHandler, Router } from 'express';
import express from 'express';
import { momentOf, queried } from '../dashboard/labels.js';
import { factsOf, withQuery, type Filter } from '../http/components.js';
import type { Store } from '../state/store.js';
import { FROM, KINDS, MAILED_TYPES } from './mail.js';
import { listMails, mailOf } from './mails.js';

const PATH = '/mailbox';

/** The mailbox: what Stripe would have mailed to customers. */
export function mailboxPages(store: Store): Router {
  const router = express.Router();
  router.get(PATH, mailboxPage(store));
  router.get(`${PATH}/:id`, mailPage(store));
  return router;
}

/** `GET /mailbox?kind=Receipt&after=EVENT` */
const mailboxPage =
  (store: Store): RequestHandler =>
  async ({ query }, response) => {
    const [kind, after] = [queried(query, 'kind'), queried(query, 'after')];
    const types = MAILED_TYPES.filter((type) => kind === undefined || KINDS[type] === kind);
    const { mails, older } = await store.read((tx) => listMails(tx, types, after));
    const newest = after === undefined ? undefined : withQuery(PATH, { kind });
    response.render('mailbox', {
      title: 'Mailbox',
      filter: filterBy(kind),
      filtered: kind !== undefined,
      mails: mails.map((mail) => ({ ...mail, sent: momentOf(mail.sentMs) })),
      pager: older || newest ? { newest, older: older && withQuery(PATH, { kind, after: older }) } : undefined,
    });
  };

const filterBy = (chosen: string | undefined): Filter => ({
  label: 'Kind',
  choices: [undefined, ...MAILED_TYPES.map((type) => KINDS[type])].map((kind) => ({
    label: kind ?? 'All',
    href: withQuery(PATH, { kind }),
    current: kind === chosen,
  })),
});

/** `GET /mailbox/:id`: one mail, as the customer sees it. `:id` is that of its event. */
const mailPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const mail = await store.read(async (tx) => {
      const event = await tx.objects.find('event', params.id);
      if (!event) return undefined;
      const { at } = (await tx.objects.findNotes('event', event.id)) ?? { at: event.created };
      return mailOf(tx, { event, at });
    });
    if (!mail) return response.status(404).render('ended', { title: 'Not found' });
    const { facts, ...letter } = mail;
    response.render('mail', {
      title: mail.subject,
      ...letter,
      letterFacts: facts,
      from: FROM,
      facts: factsOf([
        { label: 'From', text: FROM },
        { label: 'To', text: mail.to },
        { label: 'Sent', text: `${momentOf(mail.sentMs).full} UTC` },
        { label: 'Because of', code: mail.type, href: `/events/${mail.id}` },
        ...mail.about.map(({ label, href }) => ({ label: 'About', text: label, href })),
      ]),
    });
  };
