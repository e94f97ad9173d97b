import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { page, pageParams } from '../conventions/lists.js';
import { list, oneOf, optional, shape, text, type Reader } from '../conventions/params/index.js';
import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { TaxId } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { deleting, findOr404, retrieving } from './reading.js';

/** `eu_vat`: a country or a region, then what it is called there. */
const type: Reader<string> = (raw, param) => {
  const value = text(raw, param);
  if (!/^[a-z]{2}(_[a-z]{2,4})+$/.test(value)) throw invalidRequest(`Invalid ${param}: ${value}`, param);
  return value;
};

const taxId = { type, value: text };

/** `tax_id_data` of a new customer. */
export const taxIdData = optional(list(shape(taxId)));

/** Types that Stripe looks up; of any other the status is `unavailable`. */
const VERIFIED = new Set(['au_abn', 'eu_vat', 'gb_vat']);

/** The numbers for tests (Stripe's page "Testing", "Customer tax IDs"): their last nine digits say how it ends. */
const ENDINGS: Record<string, string> = { '000000000': 'verified', '111111111': 'unverified', '222222222': 'pending' };

function statusOf(of: string, value: string): string {
  if (!VERIFIED.has(of)) return 'unavailable';
  return ENDINGS[value.replace(/\D/g, '').slice(-9)] ?? 'pending';
}

/** Stores a tax id. `customer` undefined: one of the account itself. */
export async function addTaxId(
  tx: Tx,
  customer: string | undefined,
  said: { type: string; value: string },
): Promise<TaxId> {
  const made: TaxId = {
    id: newId('taxId'),
    object: 'tax_id',
    country: said.type.slice(0, 2) === 'eu' ? said.value.slice(0, 2) : said.type.slice(0, 2).toUpperCase(),
    created: unixNow(),
    customer: customer ?? null,
    customer_account: null,
    livemode: false,
    owner: {
      ...(customer !== undefined && { customer }),
      customer_account: null,
      type: customer === undefined ? 'self' : 'customer',
    },
    type: said.type,
    value: said.value,
    verification: {
      status: statusOf(said.type, said.value) as never,
      verified_address: null,
      verified_name: null,
    },
  };
  await tx.objects.insert(made);
  if (customer !== undefined) await tx.events.record('customer.tax_id.created', made);
  return made;
}

const createOwn = endpoint(
  shape({
    ...taxId,
    owner: optional(shape({ customer: optional(text), type: oneOf('account', 'application', 'customer', 'self') })),
  }),
  async ({ tx, params: { owner, ...said } }) => {
    const { customer } = owner ?? {};
    if (customer !== undefined && !(await tx.objects.find('customer', customer))) {
      throw noSuch('customer', customer, 'owner[customer]');
    }
    return addTaxId(tx, customer, said);
  },
);

const createOfCustomer = endpoint(shape(taxId), async ({ tx, id, params }) => {
  await findOr404(tx, 'customer', id);
  return addTaxId(tx, id, params);
});

const listOwn = endpoint(
  shape({ ...pageParams, owner: optional(shape({ customer: optional(text), type: text })) }),
  ({ tx, params: { owner, ...rest }, path }) =>
    page(tx, 'tax_id', path, { ...rest, where: { customer: owner?.customer ?? null } }),
);

const listOfCustomer = endpoint(shape(pageParams), async ({ tx, params, id, path }) => {
  await findOr404(tx, 'customer', id);
  return page(tx, 'tax_id', path, { ...params, where: { customer: id } });
});

async function ofCustomer(tx: Tx, customer: string, id: string): Promise<TaxId> {
  const found = await findOr404(tx, 'tax_id', id);
  if (found.customer !== customer) throw noSuch('tax_id', id, 'id', 404);
  return found;
}

const removed = async (tx: Tx, found: TaxId): Promise<void> => {
  if (found.customer !== null) await tx.events.record('customer.tax_id.deleted', found);
};

const retrieveOfCustomer = endpoint(shape({}), ({ tx, id, nested }) => ofCustomer(tx, id, nested));

const removeOfCustomer = endpoint(shape({}), async ({ tx, id, nested }) => {
  await removed(tx, await ofCustomer(tx, id, nested));
  await tx.objects.remove(nested);
  return { id: nested, object: 'tax_id', deleted: true as const };
});

export function taxIdRoutes(api: ApiRouter): void {
  api.post('/tax_ids', createOwn);
  api.get('/tax_ids', listOwn);
  api.get('/tax_ids/:id', retrieving('tax_id'));
  api.delete('/tax_ids/:id', deleting('tax_id', removed));
  api.post('/customers/:id/tax_ids', createOfCustomer);
  api.get('/customers/:id/tax_ids', listOfCustomer);
  api.get('/customers/:id/tax_ids/:nested', retrieveOfCustomer);
  api.delete('/customers/:id/tax_ids/:nested', removeOfCustomer);
}
