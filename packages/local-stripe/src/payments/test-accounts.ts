/** Whether a delayed payment arrives in the end. */
export type Ending = 'settle' | 'fail';

/** Test accounts whose debits fail: closed, not there, without funds, not authorized. */
const FAILING_ACCOUNTS = new Set(['000111111113', '000111111116', '000222222227', '000333333335', '000444444440']);

const FAILING_IBANS = new Set([
  'AT861904300235473202',
  'DE62370400440532013001',
  'ES9121000418450200051332',
  'FR8420041010050500013M02607',
  'IT60X0542811101000000123456',
  'NL91ABNA0417164300',
]);

export const endingOfAccount = (number: string): Ending => (FAILING_ACCOUNTS.has(number) ? 'fail' : 'settle');

export const endingOfIban = (iban: string): Ending => (FAILING_IBANS.has(iban) ? 'fail' : 'settle');
