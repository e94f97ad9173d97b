import { invalidRequest, missingParameter } from '../conventions/errors.js';
import { integer, list, oneOf, optional, shape, text, type Reader, type ValueOf } from '../conventions/params/index.js';
import type { PriceTier } from '../model/wire.js';

export interface Tiers {
  mode: 'graduated' | 'volume';
  table: PriceTier[];
}

const bound: Reader<number | null> = (raw, param) => (raw === 'inf' ? null : integer({ min: 1 })(raw, param));
const amount = optional(integer({ min: 0 }));

const tier = shape({
  flat_amount: amount,
  flat_amount_decimal: optional(text),
  unit_amount: amount,
  unit_amount_decimal: optional(text),
  /** The last unit of the tier; `inf` for the last tier. */
  up_to: bound,
});

/** The parameters of a price with tiers. */
export const tierFields = {
  billing_scheme: optional(oneOf('per_unit', 'tiered')),
  tiers: optional(list(tier)),
  tiers_mode: optional(oneOf('graduated', 'volume')),
};

interface Asked {
  billing_scheme: 'per_unit' | 'tiered' | undefined;
  tiers: Array<ValueOf<typeof tier>> | undefined;
  tiers_mode: 'graduated' | 'volume' | undefined;
  unit_amount: number | undefined;
}

/** The tiers of a new price; undefined where it is per unit. Throws ApiError 400. */
export function tiersOf({
  billing_scheme: scheme,
  tiers,
  tiers_mode: mode,
  unit_amount: unit,
}: Asked): Tiers | undefined {
  if (scheme !== 'tiered') {
    if (tiers) throw invalidRequest('You can only pass `tiers` with `billing_scheme=tiered`.', 'tiers');
    if (unit === undefined) throw missingParameter('unit_amount');
    return undefined;
  }
  if (unit !== undefined)
    throw invalidRequest('You cannot pass `unit_amount` with `billing_scheme=tiered`.', 'unit_amount');
  if (!tiers || tiers.length === 0) throw missingParameter('tiers');
  if (!mode) throw missingParameter('tiers_mode');
  mustAscend(tiers.map(({ up_to: last }) => last));
  return { mode, table: tiers.map((each, index) => tierOf(each, `tiers[${index}]`)) };
}

function mustAscend(bounds: Array<number | null>): void {
  if (bounds.at(-1) !== null) throw invalidRequest('The last tier must have `up_to=inf`.', 'tiers');
  for (const [index, last] of bounds.slice(0, -1).entries()) {
    if (last === null || last <= (bounds[index - 1] ?? 0)) {
      throw invalidRequest('Each tier must end after the one before it.', `tiers[${index}][up_to]`);
    }
  }
}

function tierOf(said: ValueOf<typeof tier>, param: string): PriceTier {
  const { flat_amount: flat, flat_amount_decimal: flatText, unit_amount: unit, unit_amount_decimal: unitText } = said;
  if ([flat, flatText, unit, unitText].every((value) => value === undefined)) {
    throw missingParameter(`${param}[unit_amount]`);
  }
  return {
    flat_amount: flat ?? null,
    flat_amount_decimal: flatText ?? (flat === undefined ? null : String(flat)),
    unit_amount: unit ?? null,
    unit_amount_decimal: unitText ?? (unit === undefined ? null : String(unit)),
    up_to: said.up_to,
  };
}
