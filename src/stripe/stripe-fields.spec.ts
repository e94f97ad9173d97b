import { choicesOf } from './stripe-fields.js';

describe('the choices of a Checkout page', () => {
  it.each([
    [{}, {}],
    [{ promotionCodes: true }, { allow_promotion_codes: true }],
    [{ automaticTax: true }, { automatic_tax: { enabled: true }, customer_update: { address: 'auto', name: 'auto' } }],
    [{ taxIds: true }, { tax_id_collection: { enabled: true }, customer_update: { address: 'auto', name: 'auto' } }],
    [{ shippingCountries: ['DE', 'AT'] }, { shipping_address_collection: { allowed_countries: ['DE', 'AT'] } }],
    [
      { automaticTax: true, shippingCountries: ['DE'] },
      {
        automatic_tax: { enabled: true },
        shipping_address_collection: { allowed_countries: ['DE'] },
        customer_update: { address: 'auto', name: 'auto', shipping: 'auto' },
      },
    ],
    [
      { shippingRates: ['shr_1', 'shr_2'] },
      { shipping_options: [{ shipping_rate: 'shr_1' }, { shipping_rate: 'shr_2' }] },
    ],
  ])('%j are for Stripe %j', (choices, params) => {
    expect(choicesOf(choices)).toEqual(params);
  });
});
