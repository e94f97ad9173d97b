import fc from 'fast-check';
import { jsonRows, toStorable, wellFormed } from './sql.js';

/** Whatever JavaScript takes for text: any code units, halves of pairs and NULs among them. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0x5c, 0x75, 0xd83d, 0xde00)))
  .map((units) => String.fromCharCode(...units));

describe('text on its way into the database', () => {
  it('has no NUL and no half of a surrogate pair, and is else as it was', () => {
    expect(wellFormed('a\0b \ud83d \ude00 \ud83d\ude00 é')).toBe('a\uFFFDb \uFFFD \uFFFD \ud83d\ude00 é');
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = wellFormed(text);
        expect(stored).toHaveLength(text.length);
        expect(stored.isWellFormed() && !stored.includes('\0')).toBe(true);
        if (text.isWellFormed() && !text.includes('\0')) expect(stored).toBe(text);
      }),
    );
  });

  it('is the same in rows of JSON as by itself [S2]', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, fc.integer(), fc.constant(null))), (rows) => {
        const read = JSON.parse(jsonRows(rows)) as unknown[][];
        expect(read).toEqual(rows.map((row) => row.map(toStorable)));
      }),
    );
  });

  it('is mended in lists, too, and what is no text is left alone', () => {
    const bytes = Buffer.from('\0');
    expect(toStorable(['\0', 1, null, bytes, undefined])).toEqual(['\uFFFD', 1, null, bytes, undefined]);
    expect(toStorable(bytes)).toBe(bytes);
  });
});
