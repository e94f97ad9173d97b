type Node = Record<string, unknown>;

interface Older {
  /** The first version without these fields. */
  until: string;
  fields(node: Node): Node;
}

/** An empty list that customers had in older versions. */
const noneOf = (customer: unknown, name: string): Node => ({
  object: 'list',
  data: [],
  has_more: false,
  total_count: 0,
  url: `/v1/customers/${String(customer)}/${name}`,
});

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** A card whose checks are null until they are made, in place of `unchecked`. */
const withoutUnchecked = ({ checks, ...card }: Node): Node => ({
  ...card,
  checks: Object.fromEntries(
    Object.entries((checks ?? {}) as Node).map(([name, result]) => [name, result === 'unchecked' ? null : result]),
  ),
});

/** The card of a charge with other fields. */
function withCard(node: Node, fields: Node): Node {
  const details = node['payment_method_details'] as { card?: Node } | null;
  return details?.card ? { payment_method_details: { ...details, card: { ...details.card, ...fields } } } : {};
}

const OLDER_UI_MODES: Record<string, string> = { hosted_page: 'hosted', embedded_page: 'embedded', elements: 'custom' };

const NEXT = '2026-10-28';

/** The first version in which usage is only counted by meters. */
const METERS_ONLY = '2025-03-31';

/** The first version in which a missing object has the code `resource_missing`. */
const MISSING_HAS_CODE_FROM = '2017-01-27';

/** The first version in which each failed card has a `decline_code`: before, only those that were declined. */
const DECLINE_CODES_FROM = '2024-06-20';

/** What answers of older versions have besides, by kind. */
export const OLDER_FIELDS: Record<string, Older[]> = {
  'checkout.session': [
    { until: '2026-03-25', fields: ({ ui_mode }) => ({ ui_mode: OLDER_UI_MODES[String(ui_mode)] ?? ui_mode }) },
  ],
  charge: [
    { until: NEXT, fields: () => ({ destination: null, dispute: null, order: null }) },
    { until: NEXT, fields: (node) => withCard(node, { ds_transaction_id: null }) },
    { until: '2025-09-30', fields: (node) => withCard(node, { authorization_code: null }) },
  ],
  customer: [
    {
      until: '2020-08-27',
      fields: ({ id, sources, subscriptions, tax_ids }) => ({
        sources: sources ?? noneOf(id, 'sources'),
        subscriptions: subscriptions ?? noneOf(id, 'subscriptions'),
        tax_ids: tax_ids ?? noneOf(id, 'tax_ids'),
      }),
    },
    { until: '2019-10-17', fields: ({ balance }) => ({ account_balance: balance }) },
    { until: '2020-03-02', fields: () => ({ tax_info: null, tax_info_verification: null }) },
  ],
  payment_intent: [
    {
      until: DECLINE_CODES_FROM,
      fields: ({ last_payment_error }) => ({ last_payment_error: errorInVersion(last_payment_error, '') }),
    },
    {
      until: NEXT,
      fields: ({ managed_payments }) => ({
        managed_payments: managed_payments ?? { enabled: false },
        shared_payment_granted_token: null,
        transfer_data: null,
      }),
    },
    { until: '2026-09-30', fields: () => ({ allowed_payment_method_types: null }) },
  ],
  payment_method: [
    { until: NEXT, fields: () => ({ shared_payment_granted_token: null }) },
    { until: '2023-10-16', fields: ({ card }) => ({ ...(isNode(card) && { card: withoutUnchecked(card) }) }) },
  ],
  dispute: [{ until: NEXT, fields: () => ({ balance_transaction: null }) }],
  plan: [{ until: METERS_ONLY, fields: () => ({ aggregate_usage: null }) }],
  price: [
    {
      until: METERS_ONLY,
      fields: ({ recurring }) => (recurring ? { recurring: { ...(recurring as Node), aggregate_usage: null } } : {}),
    },
  ],
  product: [{ until: NEXT, fields: () => ({ attributes: [] }) }],
};

/** The error of an answer, or of a payment's last attempt, as a version of the API has it. */
export function errorInVersion<T>(error: T, version: string): T {
  if (version >= DECLINE_CODES_FROM || typeof error !== 'object' || error === null) return error;
  const { code, decline_code, doc_url, ...rest } = error as Node;
  if (version < MISSING_HAS_CODE_FROM && code === 'resource_missing') return rest as T;
  return (code === 'card_declined' || decline_code === undefined ? error : { code, doc_url, ...rest }) as T;
}
