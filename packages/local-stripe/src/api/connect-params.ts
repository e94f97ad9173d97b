import { invalidRequest, noSuch } from '../conventions/errors.js';
import { integer, optional, shape, text, type Reader, type ValueOf } from '../conventions/params/index.js';
import type { Charge } from '../model/wire.js';

/** Any account id is taken: there are no connected accounts here, and no money goes to them. */
const account: Reader<string> = (raw, param) => {
  const id = text(raw, param);
  if (!id.startsWith('acct_')) throw noSuch('destination', id, param);
  return id;
};

/** What a payment for a connected account has besides. */
export const connectFields = {
  application_fee_amount: optional(integer({ min: 0 })),
  on_behalf_of: optional(account),
  transfer_data: optional(shape({ amount: optional(integer({ min: 1 })), destination: optional(account) })),
};

type Said = Partial<{ [K in keyof typeof connectFields]: ValueOf<(typeof connectFields)[K]> }>;

/** A fee needs an account that pays it: that of the call, `own`, or the destination. Throws ApiError 400. */
export function mustHavePayer(
  { application_fee_amount: fee, transfer_data: transfer }: Said,
  own: string | undefined,
): void {
  if (!fee || own || transfer?.destination !== undefined) return;
  throw invalidRequest(
    'Can only apply an application_fee when the PaymentIntent is attempting a direct payment (using an OAuth key or ' +
      'Stripe-Account header) or destination payment (using transfer_data[destination]).',
    'application_fee_amount',
  );
}

/** Its part of a Payment Intent or a charge: the fields that the request has. */
export function connectPart({ application_fee_amount, on_behalf_of, transfer_data }: Said): Partial<Charge> {
  return {
    ...(application_fee_amount !== undefined && { application_fee_amount }),
    ...(on_behalf_of !== undefined && { on_behalf_of }),
    ...(transfer_data !== undefined && {
      transfer_data: { amount: transfer_data.amount ?? null, destination: transfer_data.destination ?? '' },
    }),
  } as Partial<Charge>;
}
