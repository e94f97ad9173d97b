import { randomUUID } from 'node:crypto';
import { newId, randomText } from '../model/ids.js';

/**
 * `use_stripe_sdk` of a `next_action`, with the fields that Stripe.js reads of the 3D Secure 2 of a Visa test card. `url`: the
 * page where the customer authenticates here. The certificates are no certificates.
 */
export const threeDSecure = (url: string): Record<string, unknown> => ({
  directory_server_encryption: {
    algorithm: 'RSA',
    certificate: '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
    directory_server_id: 'A000000003',
    root_certificate_authorities: ['-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'],
  },
  directory_server_name: 'visa',
  merchant: newId('account'),
  one_click_authn: null,
  server_transaction_id: randomUUID(),
  stripe_js: url,
  three_d_secure_2_source: `payatt_3${randomText(23)}`,
  three_ds_frontend_optimizations: null,
  three_ds_method_url: '',
  three_ds_optimizations: 'k',
  type: 'stripe_3ds2_fingerprint',
});
