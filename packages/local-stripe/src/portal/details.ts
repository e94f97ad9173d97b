import { invalidRequest } from '../conventions/errors.js';
import { looksLikeEmail } from '../conventions/params/readers.js';
import type { Customer } from '../model/wire.js';
import { afterFlow, type Reply, type Visit } from './reply.js';

const NOT_PROCESSED = 422;
const ADDRESS = ['line1', 'line2', 'city', 'state', 'postal_code', 'country'] as const;
const LABELS: Record<string, string> = {
  email: 'Email',
  name: 'Name',
  phone: 'Phone',
  line1: 'Address',
  line2: 'Address, second line',
  city: 'City',
  state: 'State',
  postal_code: 'Postal code',
  country: 'Country (two letters)',
};
/** What browsers fill in by themselves. */
const AUTOCOMPLETE: Record<string, string> = {
  email: 'email',
  name: 'name',
  phone: 'tel',
  line1: 'address-line1',
  line2: 'address-line2',
  city: 'address-level2',
  state: 'address-level1',
  postal_code: 'postal-code',
  country: 'country',
};

/** The form of what the configuration lets the customer change. */
export const showDetails = async (visit: Visit): Promise<Reply> => detailsForm(visit, valuesOf(visit.portal.customer));

function detailsForm(visit: Visit, values: Record<string, string>, problem?: string): Reply {
  const { path, session } = visit.portal;
  return {
    view: 'portal-details',
    model: {
      title: 'Your billing details',
      action: `${path}/details`,
      back: session.flow ? session.return_url : `${path}/home`,
      fields: fieldsFor(visit).map((name) => ({
        name,
        label: LABELS[name],
        value: values[name] ?? '',
        autocomplete: AUTOCOMPLETE[name],
        problem: name === 'email' ? problem : undefined,
      })),
    },
    ...(problem !== undefined && { status: NOT_PROCESSED }),
  };
}

/** Saves the customer's details. */
export async function saveDetails(visit: Visit): Promise<Reply> {
  const { tx, portal, form } = visit;
  const fields = fieldsFor(visit);
  if (fields.includes('email') && !looksLikeEmail(form['email'] ?? '')) {
    return detailsForm(visit, form, 'Your email is incomplete.');
  }
  const before = portal.customer;
  const said = (name: string, now: string | null | undefined): string | null =>
    fields.includes(name) ? form[name] || null : (now ?? null);
  const address = Object.fromEntries(ADDRESS.map((name) => [name, said(name, before.address?.[name])]));
  const after: Customer = {
    ...before,
    email: said('email', before.email),
    name: said('name', before.name),
    phone: said('phone', before.phone),
    ...(fields.includes('line1') && { address: address as unknown as Customer['address'] }),
  } as Customer;
  await tx.objects.save(after);
  await tx.events.record('customer.updated', after, before);
  return afterFlow(portal);
}

function fieldsFor({ portal }: Visit): string[] {
  const { allowed_updates: allowed, enabled } = portal.configuration.features.customer_update;
  if (!enabled) throw invalidRequest('Details cannot be changed here.');
  const single = ['email', 'name', 'phone'].filter((name) => allowed.includes(name));
  return allowed.includes('address') ? [...single, ...ADDRESS] : single;
}

const valuesOf = ({ address, email, name, phone }: Customer): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...address, email, name, phone }).map(([field, value]) => [field, String(value ?? '')]),
  );
