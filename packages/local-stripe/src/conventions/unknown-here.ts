import type { Call, Endpoint } from './endpoint.js';
import { ApiError, notHere } from './errors.js';
import { sdkKnowsParameter } from './sdk.js';

type Parameters = Record<string, unknown>;

/** A parameter that was taken without effect, and how often. */
export interface IgnoredParameter {
  /** `POST /v1/refunds/:id` */
  method: string;
  param: string;
  count: number;
}

/** What happens to parameters that Stripe has and the local Stripe has not: an error, or with `lenient` a note. */
export class UnknownHere {
  private readonly noted = new Map<string, IgnoredParameter>();

  constructor(
    readonly lenient: boolean,
    private readonly log: (line: string) => void,
  ) {}

  note(method: string, param: string): void {
    const key = `${method} ${param}`;
    const before = this.noted.get(key);
    if (!before) this.log(`${method}: the local Stripe does not have ${param} yet; it was taken without effect`);
    this.noted.set(key, { method, param, count: (before?.count ?? 0) + 1 });
  }

  ignored(): IgnoredParameter[] {
    return [...this.noted.values()];
  }

  clear(): void {
    this.noted.clear();
  }
}

/**
 * Reads the parameters of a call. Throws ApiError 400: Stripe's own for what Stripe does not know either, and one of
 * the local Stripe's for what only Stripe has.
 */
export function prepareKnown(
  endpoint: Endpoint,
  raw: Parameters,
  method: string,
  unknownHere: UnknownHere,
): (call: Omit<Call<unknown>, 'params'>) => Promise<object> {
  try {
    return endpoint.prepare(raw);
  } catch (error) {
    const param = unknownParameterOf(error);
    if (param === undefined || !sdkKnowsParameter(method, param)) throw error;
    if (!unknownHere.lenient) throw notHere(`the parameter ${param} of ${method}`, param);
    unknownHere.note(method, param.replaceAll(/\[\d+\]/g, '[]'));
    return prepareKnown(endpoint, without(raw, stepsOf(param)), method, unknownHere);
  }
}

function unknownParameterOf(error: unknown): string | undefined {
  return error instanceof ApiError && error.details.code === 'parameter_unknown' ? error.details.param : undefined;
}

/** `line_items[0][price]` as its steps. */
const stepsOf = (param: string): string[] => param.split(/[[\]]+/).filter((step) => step !== '');

function without(value: unknown, [step = '', ...rest]: string[]): Parameters {
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === step ? without(item, rest) : item)) as unknown as Parameters;
  }
  const { [step]: removed, ...others } = value as Parameters;
  return rest.length === 0 ? others : { ...others, [step]: without(removed, rest) };
}
