import type { Request, RequestHandler } from 'express';
import { browserRequest } from '../checkout/answers.js';
import { ApiError } from '../conventions/errors.js';
import { originOf } from '../http/origin.js';
import { allowFormsTo } from '../http/security-headers.js';
import { unixNow } from '../model/clock.js';
import type { Customer, PortalConfiguration, PortalSession } from '../model/wire.js';
import type { Store, Tx } from '../state/store.js';

/** How long a portal's link opens it: an hour (Stripe: "sessions are short-lived"). */
const OPEN_FOR_S = 60 * 60;
const CONFLICT = 409;

/** An open portal and whose it is. */
export interface Portal {
  session: PortalSession;
  configuration: PortalConfiguration;
  customer: Customer;
  /** `/p/session/bps_…` */
  path: string;
}

/** What a page is given, inside of its transaction. */
export interface Visit {
  tx: Tx;
  portal: Portal;
  /** The ids in the address. */
  named: Record<string, string>;
  query: Request['query'];
  /** The submitted form: texts only. */
  form: Record<string, string>;
  origin: string;
}

export type Reply = { view: string; model: object; status?: number } | { redirect: string };

/** A page of the portal. What a call would refuse is shown with its message, and nothing is changed. */
export const portalPage =
  (store: Store, work: (visit: Visit) => Promise<Reply>): RequestHandler =>
  async (request, response) => {
    const id = String(request.params['id']);
    const form = Object.fromEntries(
      Object.entries((request.body ?? {}) as object).map(([name, value]) => [name, String(value).trim().slice(0, 500)]),
    );
    const named = request.params as Record<string, string>;
    const origins: string[] = [];
    const reply = await store
      .change(browserRequest(), async (tx): Promise<Reply | undefined> => {
        const portal = await openPortal(tx, id);
        if (!portal) return undefined;
        origins.push(...originsOf(portal.session));
        return work({ tx, portal, named, query: request.query, form, origin: originOf(request) });
      })
      .catch((error: unknown): Reply => {
        if (!(error instanceof ApiError)) throw error;
        const model = { title: 'Not possible', message: error.message, home: `/p/session/${id}/home` };
        return { view: 'portal-problem', model, status: CONFLICT };
      });
    allowFormsTo(response, origins);
    if (!reply) response.status(404).render('ended', { title: 'Billing' });
    else if ('redirect' in reply) response.redirect(303, reply.redirect);
    else response.status(reply.status ?? 200).render(reply.view, { billing: true, ...reply.model });
  };

async function openPortal({ objects }: Tx, id: string): Promise<Portal | undefined> {
  const session = await objects.find('billing_portal.session', id);
  if (!session || unixNow() > session.created + OPEN_FOR_S) return undefined;
  const customer = await objects.find('customer', session.customer);
  const configuration = await objects.find('billing_portal.configuration', String(session.configuration));
  return customer && configuration && { session, configuration, customer, path: `/p/session/${id}` };
}

/** Browsers apply `form-action` to the redirect after a form post too. */
const originsOf = ({ return_url, flow }: PortalSession): string[] =>
  [return_url, flow?.after_completion.redirect?.return_url].flatMap((url) => (url ? [new URL(url).origin] : []));

/** Where the customer goes when a flow is done: its `after_completion`, or the portal's first page. */
export function afterFlow({ session, path }: Portal): Reply {
  const after = session.flow?.after_completion;
  switch (after?.type) {
    case 'redirect':
      return { redirect: after.redirect?.return_url ?? `${path}/home` };
    case 'hosted_confirmation':
      return { redirect: `${path}/done` };
    default:
      return { redirect: `${path}/home` };
  }
}
