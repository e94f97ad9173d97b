import { randomInt } from 'node:crypto';
import { nowMs } from './clock.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Prefix and number of random characters of each id, as Stripe's test mode makes them. */
const SHAPES = {
  product: ['prod_', 14],
  price: ['price_1', 23],
  session: ['cs_test_a1', 56],
  lineItem: ['li_1', 23],
  paymentIntent: ['pi_3', 23],
  paymentMethod: ['pm_1', 23],
  portalConfiguration: ['bpc_1', 23],
  portalSession: ['bps_1', 23],
  subscriptionSchedule: ['sub_sched_1', 23],
  setupIntent: ['seti_1', 23],
  setupAttempt: ['setatt_1', 23],
  mandate: ['mandate_1', 23],
  paymentLink: ['plink_1', 23],
  charge: ['ch_3', 23],
  refund: ['re_3', 23],
  dispute: ['du_1', 23],
  earlyFraudWarning: ['issfr_1', 23],
  balanceTransaction: ['txn_3', 23],
  customer: ['cus_', 14],
  card: ['card_1', 23],
  bankAccount: ['ba_1', 23],
  token: ['tok_1', 23],
  bankToken: ['btok_1', 23],
  ephemeralKey: ['ephkey_1', 23],
  webhookEndpoint: ['we_1', 23],
  testClock: ['clock_1', 23],
  subscription: ['sub_1', 23],
  subscriptionItem: ['si_', 14],
  invoice: ['in_1', 23],
  invoiceLine: ['il_1', 23],
  invoiceItem: ['ii_1', 23],
  invoicePayment: ['inpay_1', 23],
  upcomingInvoice: ['upcoming_in_1', 23],
  coupon: ['', 8],
  promotionCode: ['promo_1', 23],
  discount: ['di_1', 23],
  taxRate: ['txr_1', 23],
  taxId: ['txi_1', 23],
  feature: ['feat_test_', 24],
  productFeature: ['prodft_test_', 24],
  creditNote: ['cn_1', 23],
  creditNoteLine: ['cnli_1', 23],
  customerBalanceTransaction: ['cbtxn_1', 23],
  event: ['evt_1', 16],
  account: ['acct_1', 15],
  payout: ['po_1', 23],
  topup: ['tu_1', 23],
  transfer: ['tr_1', 23],
  transferReversal: ['trr_1', 23],
  verificationSession: ['vs_1', 23],
  reportRun: ['frr_1', 23],
  cashBalanceTransaction: ['ccsbtxn_1', 23],
  quote: ['qt_1', 23],
  request: ['req_', 14],
  webhookSecret: ['whsec_', 32],
} as const;

export function newId(shape: keyof typeof SHAPES): string {
  const [prefix, length] = SHAPES[shape];
  return prefix + (shape === 'event' ? timeText(nowMs()) : '') + randomText(length);
}

/** A time in ms as seven characters that sort by it: an event's id begins with its time, as at Stripe. */
export function timeText(ms: number): string {
  let rest = ms;
  return Array.from({ length: 7 }, () => {
    const digit = ALPHABET.charAt(rest % ALPHABET.length);
    rest = Math.floor(rest / ALPHABET.length);
    return digit;
  })
    .toReversed()
    .join('');
}

export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
