import { type Command, InvalidArgumentError } from 'commander';
import { loadEnvFor } from '../config/load-env.js';
import { StripeService } from '../stripe/stripe.service.js';
import type { WebhookEndpoint } from '../stripe/stripe.types.js';
import { EndpointSync, type SyncedEndpoint } from '../webhook/endpoint/endpoint-sync.service.js';
import { deliverForged, deliverSigned, type TestedDelivery } from '../webhook/endpoint/test-delivery.js';
import { EXIT, type OutputOptions, print, withAppOnEmptyDatabase, withJson } from './command.js';

interface AddressOptions extends OutputOptions {
  url?: string;
}

interface SyncOptions extends AddressOptions {
  newSecret?: boolean;
  disableOthers?: boolean;
}

/** Settings needed to manage endpoints. Not the signing secret, which does not exist before the first sync. */
const FOR_STRIPE = ['NODE_ENV', 'DOMAIN_URL', 'APP_NAME', 'STRIPE_SECRET_KEY', 'STRIPE_API_BASE'];

const withUrl = (command: Command) =>
  withJson(command).option('--url <url>', 'the whole address; DOMAIN_URL/webhook, where left out', webAddress);

/** `webhooks sync | list | test` */
export function addWebhooksCommands(webhooks: Command): void {
  withUrl(webhooks.command('sync').description('make or update the webhook endpoint at Stripe; safe to repeat'))
    .option(
      '--new-secret',
      'make another endpoint for a new signing secret, and leave the old one until it is not needed',
    )
    .option('--disable-others', 'disable the other endpoints at this address, once the secret of the kept one is set')
    .action(async ({ json, ...options }: SyncOptions) => {
      const env = loadEnvFor(...FOR_STRIPE);
      const synced = await withAppOnEmptyDatabase(env, (app) => app.get(EndpointSync).sync(options));
      print(json, syncDocument(synced), () => syncLines(synced, !env.stripe));
    });

  withJson(webhooks.command('list').description('every webhook endpoint of the account')).action(
    async ({ json }: OutputOptions) => {
      const endpoints = await withAppOnEmptyDatabase(loadEnvFor(...FOR_STRIPE), (app) =>
        app.get(StripeService).webhookEndpoints(),
      );
      print(json, { endpoints: endpoints.map(endpointDocument), total: endpoints.length }, () => [
        ...endpoints.map(endpointLine),
        `${endpoints.length} in all`,
      ]);
    },
  );

  withUrl(
    webhooks.command('test').description('send a signed event that does nothing, and say what comes back'),
  ).action(async ({ json, url }: AddressOptions) => {
    const { domainUrl, stripe, livemode, appName } = loadEnvFor(...FOR_STRIPE, 'STRIPE_WEBHOOK_SECRET');
    if (!stripe)
      throw new Error(
        'Without STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET nothing can be signed: the local Stripe, which then stands in, shows its own deliveries',
      );
    const delivery = { url: url ?? `${domainUrl}/webhook`, secrets: stripe.webhookSecrets, livemode, appName };
    const deliveries = await deliverSigned(delivery);
    if (deliveries.some(({ answer }) => answer.outcome === 'answered')) deliveries.push(await deliverForged(delivery));
    const faults = deliveries.filter(({ ok }) => !ok).length;
    print(json, { url: delivery.url, deliveries: deliveries.map(deliveryDocument), faults }, () => [
      delivery.url,
      ...deliveries.flatMap(deliveryLines),
    ]);
    if (faults > 0) process.exitCode = EXIT.failed;
  });
}

function webAddress(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('A whole address, like https://shop.example.com/webhook.');
  return text;
}

const endpointDocument = (endpoint: WebhookEndpoint) => ({
  id: endpoint.id,
  url: endpoint.url,
  status: endpoint.status,
  apiVersion: endpoint.api_version,
  appName: endpoint.metadata['app_name'] ?? null,
  events: endpoint.enabled_events,
  createdAt: new Date(endpoint.created * 1_000).toISOString(),
});

const endpointLine = ({ id, url, status, api_version: version, enabled_events: events }: WebhookEndpoint) =>
  [id, status.padEnd(8), (version ?? "the account's version").padEnd(18), `${events.length} events`, url].join('  ');

const syncDocument = ({ endpoint, secret, change, changes, others, disabled }: SyncedEndpoint) => ({
  change,
  changes,
  endpoint: endpointDocument(endpoint),
  secret: secret ?? null,
  others: others.map(endpointDocument),
  disabled: disabled.map(({ id }) => id),
});

function* syncedLines({ endpoint, secret, change, changes, others, disabled }: SyncedEndpoint, isApart: boolean) {
  const { id, url, api_version: version, enabled_events: events } = endpoint;
  yield `${id} ${change}${changes.length > 0 ? ` (${changes.join(', ')})` : ''}: ${url}, ${events.length} events, API version ${version}`;
  if (secret) {
    yield '';
    yield `STRIPE_WEBHOOK_SECRET=${others.length > 0 ? `${secret},<the one that is set now>` : secret}`;
    yield '';
    yield 'Stripe shows this secret never again. Put it into the settings and start the app again.';
  }
  if (secret && isApart)
    yield 'The app takes it only with STRIPE_SECRET_KEY=sk_test_sandbox and STRIPE_API_BASE set: without them it goes by the secret of the local Stripe it starts.';
  for (const other of disabled) yield `${other.id} disabled (API version ${other.api_version})`;
  if (disabled.length > 0) yield 'Take its secret out of STRIPE_WEBHOOK_SECRET.';
  for (const other of others) yield `${other.id} delivers to the same address (API version ${other.api_version})`;
  if (others.length > 0)
    yield `Each event comes ${others.length + 1} times meanwhile, which changes nothing. Once the app runs with the secret of ${id}: webhooks sync --disable-others`;
  if (change === 'unchanged')
    yield 'Its secret was shown when it was made. If that is lost: webhooks sync --new-secret';
}

const syncLines = (synced: SyncedEndpoint, isApart: boolean): string[] => [...syncedLines(synced, isApart)];

const deliveryDocument = ({ name, ok, found, todo, answer }: TestedDelivery) => ({
  name,
  ok,
  found,
  todo,
  ms: answer.ms,
  status: answer.outcome === 'answered' ? answer.status : null,
  body: answer.outcome === 'answered' ? answer.body : null,
  location: answer.outcome === 'answered' ? (answer.location ?? null) : null,
  requestId: answer.outcome === 'answered' ? (answer.requestId ?? null) : null,
});

function deliveryLines({ name, ok, found, todo, answer }: TestedDelivery): string[] {
  const id = answer.outcome === 'answered' && answer.requestId ? `, request ${answer.requestId}` : '';
  return [`${ok ? 'ok   ' : 'fault'}  ${name}: ${found}${id}`, ...(todo ? [`       ${todo}.`] : [])];
}
