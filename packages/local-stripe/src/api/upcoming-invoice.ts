import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { pageParams } from '../conventions/lists.js';
import { shape } from '../conventions/params/index.js';
import type { Invoice } from '../model/wire.js';
import { previewFields, previewOf, type PreviewCall } from './invoice-preview.js';

/** The first version without `GET /v1/invoices/upcoming`. */
const NO_UPCOMING_SINCE = '2025-03-31';

/** `GET /v1/invoices/upcoming` of older versions: a preview without an id. Recorded: neither code nor param where nobody is named. */
export const retrieveUpcoming = endpoint(shape(previewFields), async (call) => {
  const { id: _, ...upcoming } = await upcomingOf(call);
  return upcoming;
});

/** `GET /v1/invoices/upcoming/lines`, all in one page. */
export const listUpcomingLines = endpoint(
  shape({ ...previewFields, ...pageParams }),
  async (call) => (await upcomingOf(call)).lines,
);

async function upcomingOf(call: PreviewCall): Promise<Invoice> {
  if (call.namesVersion && call.version >= NO_UPCOMING_SINCE) throw noSuch('invoice', 'upcoming', 'id', 404);
  if (call.params.customer === undefined && call.params.subscription === undefined) {
    throw invalidRequest('You must provide either `customer` or `subscription`.');
  }
  return previewOf(call);
}
