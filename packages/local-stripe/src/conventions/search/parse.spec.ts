import fc from 'fast-check';
import { parse } from './parse.js';

describe('a search query', () => {
  it.each([
    ['active:"true"', { field: 'active', operator: ':', value: 'true', negated: false }],
    ["name~'shirt'", { field: 'name', operator: '~', value: 'shirt', negated: false }],
    ['amount>=1000', { field: 'amount', operator: '>=', value: '1000', negated: false }],
    ['amount > -5', { field: 'amount', operator: '>', value: '-5', negated: false }],
    ['-status:"succeeded"', { field: 'status', operator: ':', value: 'succeeded', negated: true }],
    ['metadata["order-id"]:"6 735"', { field: 'metadata', key: 'order-id', operator: ':', value: '6 735' }],
    ['metadata["key"]:null', { field: 'metadata', key: 'key', operator: ':', value: null }],
    ['billing_details.address.postal_code:"94103"', { field: 'billing_details.address.postal_code' }],
  ])('%s is one condition', (query, clause) => {
    expect(parse(query)).toMatchObject({ clauses: [clause] });
  });

  it('joins conditions by AND, by OR, or by nothing, which is AND', () => {
    expect(parse('a:"1" AND b:"2"')).toMatchObject({ joined: 'AND', clauses: [{ field: 'a' }, { field: 'b' }] });
    expect(parse('a:"1" OR b:"2" or c:"3"')).toMatchObject({ joined: 'OR', clauses: { length: 3 } });
    expect(parse('a:"1" -b:"2"')).toMatchObject({ joined: 'AND', clauses: [{}, { field: 'b', negated: true }] });
  });

  it.each(['', 'a', 'a:', ':"b"', 'a:"b', 'a:"b" AND', 'a:"1" AND b:"2" OR c:"3"', 'metadata[key]:"1"', '(a:"b")'])(
    '%s is refused',
    (query) => expect(() => parse(query)).toThrow(),
  );

  it('takes any text as a value, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const quoted = `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
        expect(parse(`name:${quoted}`).clauses).toMatchObject([{ field: 'name', value: text }]);
      }),
    );
  });

  it('is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:"\'~<>=-[] \\ANDOR') }), (query) => {
        try {
          parse(query);
        } catch (error) {
          expect(error).toMatchObject({ status: 400, details: { param: 'query' } });
        }
      }),
    );
  });
});
