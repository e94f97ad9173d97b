import { emptyable, optional, type Reader, text } from './readers.js';
import { shape } from './structures.js';

/** An address with every field, null where it was left out. */
export interface Address {
  city: string | null;
  country: string | null;
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  state: string | null;
}

const line: Reader<string | null | undefined> = optional(emptyable(text));

const lines = shape({ city: line, country: line, line1: line, line2: line, postal_code: line, state: line });

export const address: Reader<Address> = (raw, param) => {
  const {
    city = null,
    country = null,
    line1 = null,
    line2 = null,
    postal_code = null,
    state = null,
  } = lines(raw, param);
  return { city, country, line1, line2, postal_code, state };
};

const parcel = shape({ address, carrier: line, name: text, phone: line, tracking_number: line });

/** A shipping address. */
export const shipping: Reader<{
  address: Address;
  carrier: string | null;
  name: string;
  phone: string | null;
  tracking_number: string | null;
}> = (raw, param) => {
  const { carrier = null, phone = null, tracking_number = null, ...rest } = parcel(raw, param);
  return { ...rest, carrier, phone, tracking_number };
};
