/**
 * The address of a receipt where it is one that a customer may be led to: https, or http of a local Stripe. `undefined` for all
 * else, such as `javascript:`.
 */
export function safeReceiptUrl(url: unknown, isLocalStripe = false): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, username, password } = new URL(url);
  if (username || password) return undefined; // `https://stripe.com@elsewhere.example` looks like another address
  return protocol === 'https:' || (protocol === 'http:' && isLocalStripe) ? url : undefined;
}
