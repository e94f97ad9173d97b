/** Now, in whole seconds: the unit of every time on Stripe's wire. */
export const unixNow = (): number => Math.floor(Date.now() / 1000);
