import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_NAMES } from './event-names.js';

const TYPES = join(import.meta.dirname, '../../../node_modules/stripe/esm/resources/WebhookEndpoints.d.ts');

describe('the types of event that an endpoint can ask for', () => {
  it('are those of the SDK', () => {
    const [, union = ''] =
      /namespace WebhookEndpointCreateParams {\s*type EnabledEvent = ([^;]*);/.exec(readFileSync(TYPES, 'utf8')) ?? [];
    const names = [...union.matchAll(/'([^']+)'/g)].map(([, name]) => name);
    expect(names.filter((name) => name !== '*').toSorted()).toEqual([...EVENT_NAMES].toSorted());
  });
});
