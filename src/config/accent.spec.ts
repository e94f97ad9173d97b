import fc from 'fast-check';
import { accentFault, accentStyle, contrastOf } from './accent.js';

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('an accent colour', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
  ])('%s has with %s the contrast %d', (one, other, contrast) => {
    expect(contrastOf(one, other)).toBeCloseTo(contrast, 2);
  });

  it('that is too light is refused, with the nearest shade that is not', () => {
    expect(accentFault('#0f766e')).toBeUndefined();
    expect(accentFault('#ffcc00')).toMatchObject({ contrast: '1.4' });
  });

  it('can be read wherever it stands, in light and in dark', () => {
    fc.assert(
      fc.property(colour, (any) => {
        const fine = accentFault(any)?.nearest ?? any;
        expect(accentFault(fine)).toBeUndefined();
        const style = accentStyle(fine);
        const shades = (token: string) =>
          new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(style)?.slice(1) ?? [];
        const [lightButton = '', darkButton = ''] = shades('accent');
        const [lightText = '', darkText = ''] = shades('accent-text');
        for (const [one, other, least] of [
          [lightText, '#f7f8fa', 4.5],
          [darkText, '#161b22', 4.5],
          [lightButton, '#ffffff', 4.5],
          [darkButton, '#ffffff', 4.5],
          [darkButton, '#161b22', 3],
        ] as const)
          expect(contrastOf(one, other)).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});
