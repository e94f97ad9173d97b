import type { Session } from '../wire.js';

/** What a session can be paid with. */
export interface Offers {
  card: boolean;
  bankDebit: boolean;
}

export const offersOf = ({ payment_method_types: types }: Session): Offers => ({
  card: types.includes('card'),
  bankDebit: types.includes('us_bank_account'),
});
