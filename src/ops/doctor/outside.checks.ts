import type { Env } from '../../config/env.js';
import { type Answered, requestFromOutside } from '../../webhook/endpoint/outside-request.js';
import { deliverSigned } from '../../webhook/endpoint/test-delivery.js';
import { type Check, fault, ok, type Outcome, warning } from './check.js';

/** Always the same id, so that the checks leave one row at most. */
const EVENT_ID = 'evt_test_doctor';

/** Checks over the network, at DOMAIN_URL, as customers and Stripe see it. */
export function outsideChecks(env: Env, hasKey: boolean): Check[] {
  const { domainUrl, trustProxy, stripe, livemode, appName } = env;
  return [
    {
      name: 'shop',
      needs: ['DOMAIN_URL'],
      run: async () => {
        const url = `${domainUrl}/health/ready`;
        const answer = await requestFromOutside(url, { method: 'GET' });
        return answer.outcome === 'answered' ? checkHealthAnswer(answer, url) : fault(answer.found, answer.todo);
      },
    },
    {
      name: 'proxy',
      needs: ['DOMAIN_URL', 'TRUST_PROXY'],
      run: async () => {
        if (!domainUrl.startsWith('https:')) return ok('none is needed: DOMAIN_URL is plain http');
        if (trustProxy === 0)
          return warning(
            'TRUST_PROXY is 0, and DOMAIN_URL is https, which a proxy speaks and not the app',
            'Set TRUST_PROXY to the number of proxies in front of the app, or browsers are sent no session cookie',
          );
        return checkPlainHttp(await plainHttp(domainUrl), trustProxy);
      },
    },
    {
      name: 'delivery',
      needs: ['DOMAIN_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'],
      run: async () => {
        if (!hasKey || !stripe) return ok('the local Stripe signs with its own secret');
        const delivery = {
          url: `${domainUrl}/webhook`,
          secrets: stripe.webhookSecrets,
          livemode,
          appName,
          id: EVENT_ID,
        };
        const tried = await deliverSigned(delivery);
        return tried.map(({ name, found, todo }) =>
          todo ? fault(`${name}: ${found}`, todo) : ok(`${name}: ${found}`),
        );
      },
    },
  ];
}

export function checkHealthAnswer({ status, body, contentType, location, ms }: Answered, url: string): Outcome {
  const isOurs = /json/.test(contentType) && /"status":\s*"(ok|error)"/.test(body);
  if (status === 200 && isOurs) return ok(`${url} answers in ${ms} ms`);
  if (isOurs) return fault(`${url} says that the app is not ready: ${status}`, "See the app's log, and its database");
  if (location)
    return fault(`${url} redirects to ${location}`, 'Set DOMAIN_URL to the address that customers end up at');
  return fault(
    `${url} answers ${status}, and not as this app does`,
    'See that the app runs, and that the proxy at this address leads to it',
  );
}

/** A request without TLS, on port 80. */
const plainHttp = (domainUrl: string) => {
  const { hostname } = new URL(domainUrl);
  return requestFromOutside(`http://${hostname}/health/live`, { method: 'GET', timeoutMs: 5_000 });
};

export function checkPlainHttp(answer: Awaited<ReturnType<typeof plainHttp>>, trustProxy: number): Outcome {
  const trusted = `${trustProxy} ${trustProxy === 1 ? 'proxy is' : 'proxies are'} trusted`;
  if (answer.outcome !== 'answered') return ok(`${trusted}; plain http is not answered`);
  if (answer.location?.startsWith('https:')) return ok(`${trusted}; plain http leads to https`);
  return warning(
    `plain http is answered too (${answer.status})`,
    'Let the proxy redirect http to https, or what a customer sends there can be read on the way',
  );
}
