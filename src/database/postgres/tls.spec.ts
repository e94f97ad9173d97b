import { tlsOf } from './tls.js';

const ADDRESS = 'postgres://app:secret@db.example.com:5432/shop';

describe('TLS to PostgreSQL', () => {
  it('is left out where nobody asks for it', () => {
    expect(tlsOf(ADDRESS)).toEqual({ url: ADDRESS, ssl: false });
    expect(tlsOf(`${ADDRESS}?sslmode=disable`, 'a certificate').ssl).toBe(false);
  });

  it.each(['require', 'verify-ca', 'verify-full'])('checks the certificate with sslmode=%s', (mode) => {
    expect(tlsOf(`${ADDRESS}?sslmode=${mode}`)).toEqual({ url: ADDRESS, ssl: { rejectUnauthorized: true } });
  });

  it("checks it against a managed database's own authority, which alone asks for TLS", () => {
    expect(tlsOf(ADDRESS, 'a certificate').ssl).toEqual({ ca: 'a certificate', rejectUnauthorized: true });
  });

  it('takes any certificate where that is asked for by name', () => {
    expect(tlsOf(`${ADDRESS}?sslmode=no-verify`).ssl).toEqual({ rejectUnauthorized: false });
  });

  it("leaves the address's other words alone", () => {
    expect(tlsOf(`${ADDRESS}?application_name=shop&sslmode=require`).url).toBe(`${ADDRESS}?application_name=shop`);
  });
});
