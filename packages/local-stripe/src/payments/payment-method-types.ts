/** The currencies that each payment method type can be paid in; `*` is every one. */
const CURRENCIES: Record<string, string> = {
  acss_debit: 'cad usd',
  affirm: 'cad usd',
  afterpay_clearpay: 'aud cad eur gbp nzd usd',
  alipay: 'aud cad cny eur gbp hkd jpy myr nzd sgd usd',
  alma: 'eur',
  amazon_pay: 'aud chf dkk eur gbp hkd jpy nok nzd sek usd zar',
  au_becs_debit: 'aud',
  bacs_debit: 'gbp',
  bancontact: 'eur',
  billie: 'chf dkk eur gbp nok sek',
  blik: 'pln',
  boleto: 'brl',
  card: '*',
  cashapp: 'usd',
  crypto: 'usd',
  customer_balance: 'eur gbp jpy mxn usd',
  eps: 'eur',
  fpx: 'myr',
  giropay: 'eur',
  grabpay: 'myr sgd',
  ideal: 'eur',
  kakao_pay: 'krw',
  klarna: 'aud cad chf czk dkk eur gbp nok nzd pln ron sek usd',
  konbini: 'jpy',
  kr_card: 'krw',
  link: '*',
  mb_way: 'eur',
  mobilepay: 'dkk eur nok sek',
  multibanco: 'eur',
  naver_pay: 'krw',
  nz_bank_account: 'nzd',
  oxxo: 'mxn',
  p24: 'eur pln',
  pay_by_bank: 'eur gbp',
  payco: 'krw',
  paynow: 'sgd',
  paypal: 'aud cad chf czk dkk eur gbp hkd nok nzd pln sek sgd usd',
  paypay: 'jpy',
  payto: 'aud',
  pix: 'brl',
  promptpay: 'thb',
  revolut_pay: 'eur gbp ron huf pln dkk',
  samsung_pay: 'krw',
  satispay: 'eur',
  sepa_debit: 'eur',
  sofort: 'eur',
  sunbit: 'usd',
  swish: 'sek',
  twint: 'chf',
  us_bank_account: 'usd',
  wechat_pay: 'aud cad chf cny dkk eur gbp hkd jpy nok sek sgd usd',
  zip: 'aud usd',
};

export const PAYMENT_METHOD_TYPES = Object.keys(CURRENCIES);

export const isPaymentMethodType = (type: string): boolean => Object.hasOwn(CURRENCIES, type);

export const fitsCurrency = (type: string, currency: string): boolean =>
  CURRENCIES[type] === '*' || (CURRENCIES[type] ?? '').split(' ').includes(currency);

type Details = Record<string, unknown>;

/** The fields that a type of its own has on a Payment Method, from the fields of the request. */
const FIELDS: Record<string, (said: Details, fingerprint: string) => Details> = {
  acss_debit: ({ account_number, institution_number = '000', transit_number = '11000' }, fingerprint) => ({
    bank_name: 'STRIPE TEST BANK',
    fingerprint,
    institution_number,
    last4: String(account_number ?? '000123456789').slice(-4),
    transit_number,
  }),
  au_becs_debit: ({ account_number, bsb_number = '000000' }, fingerprint) => ({
    bsb_number,
    fingerprint,
    last4: String(account_number ?? '000123456').slice(-4),
  }),
  bacs_debit: ({ account_number, sort_code = '108800' }, fingerprint) => ({
    fingerprint,
    last4: String(account_number ?? '00012345').slice(-4),
    sort_code,
  }),
  boleto: ({ tax_id = '' }, fingerprint) => ({ fingerprint, tax_id }),
  fpx: ({ account_holder_type = null, bank = null }) => ({ account_holder_type, bank }),
  naver_pay: ({ funding = 'card' }) => ({ funding }),
  paypal: () => ({ country: null, payer_email: null, payer_id: null }),
  eps: ({ bank = null }) => ({ bank }),
  ideal: ({ bank = null }) => ({ bank, bic: bank === null ? null : 'TESTNL2A' }),
  p24: ({ bank = null }) => ({ bank }),
};

/** The part of a Payment Method that is named after its type. */
export const detailsOfType = (type: string, said: Details, fingerprint: string): Details =>
  FIELDS[type]?.(said, fingerprint) ?? {};
