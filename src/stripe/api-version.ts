import { Stripe } from 'stripe';

/** The version of the API that the SDK's types and our handlers are written for; the client asks for it. */
export const API_VERSION: string = Stripe.API_VERSION;
