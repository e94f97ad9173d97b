import { CatalogModule } from './catalog.module.js';
import { CatalogError, checkCatalog } from './catalog-check.js';
import type { CatalogItem } from './catalog.js';

const book: CatalogItem = {
  lookupKey: 'book',
  productId: 'book',
  name: 'A book',
  description: 'To read',
  amount: 1500,
  currency: 'usd',
};

/** What the boot says of a catalog; none where it is right. */
function faultsOf(...items: Partial<CatalogItem>[]): readonly string[] {
  try {
    checkCatalog(items.map((item) => ({ ...book, ...item })));
    return [];
  } catch (error) {
    if (error instanceof CatalogError) return error.faults;
    throw error;
  }
}

describe('the catalog, at boot', () => {
  it.each([
    ['usd', 1],
    ['jpy', 1999],
    ['kwd', 1990],
    ['ugx', 500_000],
    ['isk', 100],
    ['huf', 1999],
    ['twd', 1999],
    ['std', 1000],
    ['eur', 99_999_999],
  ])('takes an amount in %s that Stripe takes: %d [M8]', (currency, amount) =>
    expect(faultsOf({ currency, amount })).toEqual([]),
  );

  it.each<[string, Partial<CatalogItem>, string]>([
    [
      'a fraction of a shilling',
      { currency: 'ugx', amount: 5050 },
      'amount: UGX\u00a050.50 is not possible: UGX has whole units only',
    ],
    ['a fraction of a krona', { currency: 'isk', amount: 1 }, 'whole units only'],
    ['a thousandth of a dinar', { currency: 'kwd', amount: 1999 }, 'steps of 0.010 only'],
    ['dollars for cents', { amount: 19.99 }, 'whole number of the smallest unit'],
    ['nothing to pay', { amount: 0 }, 'above 0'],
    ['money back', { amount: -1 }, 'above 0'],
    ['no number', { amount: Number.NaN }, 'above 0'],
    ['a currency in capitals', { currency: 'USD' }, 'currency: in lower case, "usd", not "USD".'],
    ['a misspelt currency', { currency: 'uds' }, 'a code of ISO 4217'],
    ['a currency that is none', { currency: 'usdc' }, 'a code of ISO 4217'],
    ['no currency', { currency: '' }, 'a code of ISO 4217'],
    ['no lookup key', { lookupKey: '' }, 'lookupKey: 1 to 200 characters'],
    ['a lookup key that forms do not send', { lookupKey: 'x'.repeat(201) }, '1 to 200 characters'],
    ['no product', { productId: '' }, 'productId: 1 to 200 characters'],
    ['a product id that is a path', { productId: 'a/b' }, 'without spaces or slashes'],
    ['no name', { name: ' ' }, 'name: some text'],
    ['no description', { description: '' }, 'description: some text'],
    [
      'a country by its name',
      { checkout: { shippingCountries: ['Germany'] } },
      'checkout.shippingCountries: codes of ISO 3166',
    ],
    ['no country at all', { checkout: { shippingCountries: [] } }, 'checkout.shippingCountries'],
    [
      'a shipping rate by its name',
      { checkout: { shippingRates: ['fast'] } },
      'checkout.shippingRates: ids of shipping rates',
    ],
    [
      'a choice that is neither',
      { checkout: { taxIds: 'yes' as never } },
      'checkout.taxIds: true or false, not "yes".',
    ],
    [
      'metadata of the app itself',
      { metadata: { payment_id: '1' } },
      'metadata.payment_id: this app has it for itself.',
    ],
    ['metadata that is too long', { metadata: { note: 'x'.repeat(501) } }, 'metadata.note: a text of at most 500'],
    ['metadata with a name in brackets', { metadata: { 'a[b]': 'x' } }, 'without brackets'],
  ])('refuses %s, and says what would be right [M8]', (_, item, words) =>
    expect(faultsOf(item)).toEqual([expect.stringContaining(words)]),
  );

  it('refuses a lookup key that two items have', () => {
    expect(faultsOf({}, { amount: 2000 })).toEqual([
      'Item 2 (book), lookupKey: an item before this one has "book" already; each needs its own.',
    ]);
  });

  it('names every fault of every item at once [M8]', () => {
    const faults = faultsOf({ lookupKey: 'a', amount: 0, currency: 'USD' }, { lookupKey: 'b', name: '', amount: 0.5 });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'Item 1 (a), currency',
      'Item 1 (a), amount',
      'Item 2 (b), name',
      'Item 2 (b), amount',
    ]);
  });

  it.each([
    [{ interval: 'fortnight' }, 'plan.interval'],
    [{ interval: 'month', intervalCount: 37 }, 'plan.intervalCount'],
    [{ interval: 'month', trialDays: 1.5 }, 'plan.trialDays'],
    [{ interval: 'month', trialDays: 731 }, 'plan.trialDays'],
    [{ interval: 'month', seats: { min: 0, max: 5 } }, 'plan.seats'],
    [{ interval: 'month', seats: { min: 6, max: 5 } }, 'plan.seats'],
    [{ interval: 'month', group: 'two words' }, 'plan.group'],
    [{ interval: 'month', features: ['a'.repeat(81)] }, 'plan.features'],
    [{ interval: 'month', limits: { projects: -1 } }, 'plan.limits.projects: a number from 0, not -1.'],
    [
      { interval: 'month', settings: { graceDays: -1 } },
      'plan.settings.graceDays: a whole number from 0 to 366, not -1.',
    ],
    [{ interval: 'month', settings: { graceDays: 0.5 } }, 'plan.settings.graceDays'],
    [
      { interval: 'month', settings: { afterRefund: 'revok' } },
      'plan.settings.afterRefund: "keep" or "revoke", not "revok".',
    ],
    [{ interval: 'month', settings: { afterDispute: true } }, 'plan.settings.afterDispute'],
    [{ interval: 'month', settings: { accessWhilePaymentsPaused: 'no' } }, 'plan.settings.accessWhilePaymentsPaused'],
    [
      { interval: 'month', settings: { trialOncePerOwner: 1 } },
      'plan.settings.trialOncePerOwner: true or false, not 1.',
    ],
    [{ interval: 'month', settings: { secondSubscription: 'end' } }, 'plan.settings.secondSubscription'],
    [
      { interval: 'month', settings: { grace: 3 } },
      'plan.settings.grace: there is no such setting; there are graceDays,',
    ],
  ])('refuses a plan of %j, and says what would be right', (plan, fault) => {
    expect(faultsOf({ plan: plan as CatalogItem['plan'] })[0]).toContain(fault);
  });

  it('refuses plans of a group that say different things of a second subscription', () => {
    const ends = { interval: 'month', settings: { secondSubscription: 'cancel' } } as const;
    const reports = { interval: 'year' } as const;
    expect(faultsOf({ plan: ends }, { lookupKey: 'other', plan: reports })).toEqual([
      expect.stringMatching(
        /^Item 2 \(other\), plan\.settings\.secondSubscription: the plans of a group \("main"\) need the same/,
      ),
    ]);
    expect(faultsOf({ plan: ends }, { lookupKey: 'other', plan: { ...reports, group: 'storage' } })).toEqual([]);
  });

  it('refuses shipping rates of a plan, and takes countries', () => {
    const plan = { interval: 'month' } as const;
    expect(faultsOf({ plan, checkout: { shippingRates: ['shr_1'] } })[0]).toContain('Stripe has none for plans');
    expect(faultsOf({ plan, checkout: { shippingCountries: ['DE', 'AT'] }, metadata: { team: 'books' } })).toEqual([]);
  });

  it('takes a plan that Stripe takes', () => {
    expect(
      faultsOf({ plan: { interval: 'year', trialDays: 14, seats: { min: 1, max: 5 }, features: ['pro'] } }),
    ).toEqual([]);
  });

  it('stops the boot where it is not right', () => {
    expect(() => new CatalogModule([{ ...book, currency: 'ugx', amount: 5050 }])).toThrow(CatalogError);
  });
});
