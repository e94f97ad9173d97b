import { brandOf } from '../payments/test-cards.js';
import { cvcProblem, numberProblem, readExpiry } from './card-checks.js';

describe('a card as it was typed', () => {
  it.each([
    ['4242424242424242', undefined],
    ['378282246310005', undefined],
    ['4242424242424241', 'Your card number is invalid.'],
    ['42x2424242424242', 'Your card number is invalid.'],
    ['424242', 'Your card number is incomplete.'],
    ['', 'Your card number is incomplete.'],
  ])('%s: %s', (digits, problem) => expect(numberProblem(digits)).toBe(problem));

  it('has a CVC of three digits, of four with American Express', () => {
    expect(cvcProblem('123', brandOf('4242424242424242'))).toBeUndefined();
    expect(cvcProblem('123', brandOf('378282246310005'))).toBe("Your card's security code is incomplete.");
    expect(cvcProblem('1234', brandOf('378282246310005'))).toBeUndefined();
  });

  it.each(['12 / 26', '12/26', '1226', ' 12 / 2026 '])('expires at the end of %s', (typed) => {
    expect(readExpiry(typed, new Date(2026, 11, 31))).toEqual({ expMonth: 12, expYear: 2026 });
    expect(readExpiry(typed, new Date(2027, 0, 1))).toBe("Your card's expiration date is in the past.");
  });

  it.each([
    ['13 / 40', "Your card's expiration date is invalid."],
    ['1 / 4', "Your card's expiration date is incomplete."],
    ['', "Your card's expiration date is incomplete."],
  ])('with the expiration %s: %s', (typed, problem) => expect(readExpiry(typed)).toBe(problem));
});
