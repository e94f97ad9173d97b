import { Agent, request } from 'node:http';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const CARD = {
  email: 'ada@example.com',
  method: 'card',
  number: '4242424242424242',
  expiry: '12 / 44',
  cvc: '123',
  name: 'Ada Lovelace',
};

/** A customer of the local Stripe: creates a session over the API, then posts the form of its Checkout page. */
export class Buyer {
  #agent = new Agent({ keepAlive: true });

  constructor(port) {
    this.port = port;
  }

  /** Pays once. Returns the Checkout Session's id. */
  async pay() {
    const session = await this.post('/v1/checkout/sessions', {
      mode: 'payment',
      'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': '1999',
      'line_items[0][price_data][product_data][name]': 'Benchmark',
      'line_items[0][quantity]': '1',
      success_url: 'http://shop.test/success',
      cancel_url: 'http://shop.test/cancel',
    });
    const { status } = await this.#ask('POST', `/c/pay/${session.id}`, CARD);
    if (status !== 303) throw new Error(`Checkout answered ${status}`);
    return session.id;
  }

  async get(path) {
    return answered(await this.#ask('GET', path));
  }

  async post(path, params) {
    return answered(await this.#ask('POST', path, params));
  }

  close() {
    this.#agent.destroy();
  }

  #ask(method, path, params) {
    const body = params && new URLSearchParams(params).toString();
    const headers = { authorization: 'Bearer sk_test_bench', ...(body && { ...FORM, 'content-length': body.length }) };
    return new Promise((resolve, reject) => {
      request({ port: this.port, host: '127.0.0.1', path, method, headers, agent: this.#agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => (text += part));
        response.once('end', () => resolve({ status: response.statusCode, text }));
      })
        .once('error', reject)
        .end(body);
    });
  }
}

function answered({ status, text }) {
  if (status !== 200) throw new Error(`The sandbox answered ${status}: ${text}`);
  return JSON.parse(text);
}
