type Parameters = Record<string, unknown>;

interface Renaming {
  /** Paths that it applies to. */
  paths: RegExp;
  /** The first version with the new name only. */
  until: string;
  translate(raw: Parameters): Parameters;
}

/** `create_preview` took its place. */
const OF_UPCOMING =
  /^subscription_(billing_cycle_anchor|cancel_at|cancel_at_period_end|cancel_now|default_tax_rates|items|proration_behavior|proration_date|start_date|trial_end)$/;

/** The parameters of `GET /v1/invoices/upcoming` as those of a preview. */
function previewParameters({ coupon, ...raw }: Parameters): Parameters {
  const asked: Parameters = coupon === undefined ? {} : { discounts: coupon === '' ? '' : [{ coupon }] };
  const details: Parameters = { ...(raw['subscription_details'] as Parameters | undefined) };
  for (const [name, value] of Object.entries(raw)) {
    const [, field] = OF_UPCOMING.exec(name) ?? [];
    if (field === undefined) asked[name] = value;
    else details[field] = value;
  }
  return Object.keys(details).length === 0 ? asked : { ...asked, subscription_details: details };
}

const RENAMINGS: Renaming[] = [
  { paths: /\/invoices\/upcoming(\/lines)?$/, until: '2025-03-31', translate: previewParameters },
  {
    paths: /\/(payment_intents|setup_intents|checkout\/sessions)(\/|$)/,
    until: '2026-09-30',
    translate: ({ payment_method_types: types, ...rest }) =>
      types === undefined ? rest : { allowed_payment_method_types: types, ...rest },
  },
  {
    paths: /\/checkout\/sessions$/,
    until: '2026-03-25',
    translate: ({ ui_mode: mode, ...rest }) => ({
      ...rest,
      ...(mode !== undefined && {
        ui_mode: mode === 'hosted' || mode === 'embedded' ? `${mode}_page` : mode === 'custom' ? 'elements' : mode,
      }),
    }),
  },
  {
    // `discounts` took their place.
    paths: /\/subscriptions(\/[^/]+)?$/,
    until: '2025-03-31',
    translate: ({ coupon, promotion_code, ...rest }) => {
      if (coupon === undefined && promotion_code === undefined) return rest;
      if (coupon === '' || promotion_code === '') return { ...rest, discounts: '' };
      return { ...rest, discounts: [coupon === undefined ? { promotion_code } : { coupon }] };
    },
  },
];

/** What could be expanded in older versions and is gone from the answers. */
export const OLDER_EXPANSIONS: ReadonlySet<string> = new Set([
  'charge.invoice',
  'customer.default_source',
  'invoice.charge',
  'invoice.discount',
  'invoice.total_tax_amounts',
  'promotion_code.coupon',
  'subscription.discount',
  'subscription.plan',
  'invoice.payment_intent',
  'invoice.subscription',
  'payment_intent.charges',
  'payment_intent.invoice',
]);

/**
 * Renames parameters of older API versions. `version`: the caller's. Callers without one may use old names too:
 * their account's default version could be as old.
 */
export function toCurrentVersion(path: string, version: string | undefined, raw: Parameters): Parameters {
  return RENAMINGS.filter(({ paths, until }) => paths.test(path) && (version ?? '') < until).reduce(
    (translated, { translate }) => translate(translated),
    raw,
  );
}
