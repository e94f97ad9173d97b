import { safeReceiptUrl } from './charge-sync.service.js';

describe("the address of Stripe's receipt", () => {
  it.each([
    ['https://pay.stripe.com/receipts/payment/abc', false],
    ['https://pay.shop.example/receipts/abc?s=1#x', false],
    ['http://localhost:12111/receipts/ch_1', true],
  ])('is shown: %s [S17]', (url, isLocalStripe) => {
    expect(safeReceiptUrl(url, isLocalStripe)).toBe(url);
  });

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://pay.stripe.com/1',
    'ftp://pay.stripe.com/',
    'https://pay.stripe.com@evil.example/',
    '//evil.example/',
    '/account',
    'not an address',
    '',
    null,
    undefined,
    5,
    { href: 'https://pay.stripe.com/' },
  ])('is left out: %j [S17]', (url) => {
    expect(safeReceiptUrl(url, true)).toBeUndefined();
  });

  it('of Stripe itself is never http [S17]', () => {
    expect(safeReceiptUrl('http://pay.stripe.com/receipts/abc')).toBeUndefined();
  });
});
