/** A moment as Stripe's API takes it: whole seconds since 1970, rounded down. */
export const unixSeconds = (moment: Date): number => Math.floor(moment.getTime() / 1_000);
