import { isPlaceholder } from '../placeholders.js';
import type { RecordedCall, RecordedValue, Scenario, Shape } from '../recordings.js';

/** An object as one answer shows it: its values and the types of its fields, by their paths inside it. */
export interface Sighting {
  call: RecordedCall;
  values: Record<string, RecordedValue>;
  typeOf(field: string): string | undefined;
}

type Shapes = Map<string, Shape>;

/** Everywhere that answers show an object of this placeholder, the first answer first. */
export const sightingsOf = (scenario: Scenario, shapes: Shapes, name: string): Sighting[] =>
  sightings(scenario, shapes, (values) => values['id'] === name);

/** Everywhere that answers show an object which these values prove to be the one meant. */
export function sightings(
  { calls }: Scenario,
  shapes: Shapes,
  isMeant: (values: Record<string, RecordedValue>) => boolean,
): Sighting[] {
  return calls.flatMap((call) =>
    prefixesOf(call).flatMap((prefix) => {
      const values = below(call.values, prefix);
      return isMeant(values) ? [sighting(call, prefix, values, shapes)] : [];
    }),
  );
}

function sighting(call: RecordedCall, prefix: string, values: Sighting['values'], shapes: Shapes): Sighting {
  const types = shapes.get(call.shape ?? '') ?? {};
  const shaped = prefix.replaceAll(/\[\d+\]/g, '[]');
  return { call, values, typeOf: (field) => types[shaped + field] };
}

/** Where an answer has objects: `''`, `items.data[0].price.`. */
const prefixesOf = ({ values }: RecordedCall): string[] => [
  ...new Set(
    Object.keys(values ?? {})
      .filter((path) => /(^|\.)(id|object)$/.test(path))
      .map((path) => path.replace(/(id|object)$/, '')),
  ),
];

const below = (values: Sighting['values'], prefix: string): Sighting['values'] =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, value]) => [path.slice(prefix.length), value]),
  );

/** A word without its mark, a number or boolean as it is; undefined for a placeholder. */
export const plain = (value: RecordedValue | undefined): RecordedValue | undefined =>
  isPlaceholder(value) ? undefined : typeof value === 'string' ? String(value).replace(/^=/, '') : value;
