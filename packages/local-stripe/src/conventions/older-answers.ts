type Node = Record<string, unknown>;

interface Older {
  /** The first version without these fields. */
  until: string;
  fields(node: Node): Node;
}

const OLDER_UI_MODES: Record<string, string> = { hosted_page: 'hosted', embedded_page: 'embedded', elements: 'custom' };

const NEXT = '2026-10-28';

/** The first version in which usage is only counted by meters. */
const METERS_ONLY = '2025-03-31';

/** What answers of older versions have besides, by kind. */
export const OLDER_FIELDS: Record<string, Older[]> = {
  'checkout.session': [
    { until: '2026-03-25', fields: ({ ui_mode }) => ({ ui_mode: OLDER_UI_MODES[String(ui_mode)] ?? ui_mode }) },
  ],
  charge: [
    { until: NEXT, fields: () => ({ destination: null, dispute: null, order: null }) },
    { until: '2025-09-30', fields: withoutAuthorizationCode },
  ],
  payment_intent: [
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
  payment_method: [{ until: NEXT, fields: () => ({ shared_payment_granted_token: null }) }],
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

/** The code was only sent from clover on (recorded: sub-080). */
function withoutAuthorizationCode({ payment_method_details: details }: Node): Node {
  const card = (details as Node | null | undefined)?.['card'] as Node | undefined;
  if (!card) return {};
  return { payment_method_details: { ...(details as Node), card: { ...card, authorization_code: null } } };
}
