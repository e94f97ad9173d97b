import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EVENT_NAMES } from './event-names.js';

const SDK = createRequire(import.meta.url).resolve('stripe'); // cjs/….js
const TYPES = join(dirname(SDK), '../esm/resources/WebhookEndpoints.d.ts');

describe('the types of event that an endpoint can ask for', () => {
  it('are those of the SDK', () => {
    const [, union = ''] =
      /namespace WebhookEndpointCreateParams {\s*type EnabledEvent = ([^;]*);/.exec(readFileSync(TYPES, 'utf8')) ?? [];
    const names = [...union.matchAll(/'([^']+)'/g)].map(([, name]) => name);
    expect(names.filter((name) => name !== '*').toSorted()).toEqual([...EVENT_NAMES].toSorted());
  });
});
