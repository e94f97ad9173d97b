import type { ApiRouter } from '../../conventions/api-router.js';
import { endpoint } from '../../conventions/endpoint.js';
import { created, page, pageParams } from '../../conventions/lists.js';
import {
  changeMetadata,
  emptyable,
  metadata,
  optional,
  type Reader,
  shape,
  text,
  type ValueOf,
} from '../../conventions/params/index.js';
import type { EventType, Insertable, Kind, Kinds, StoredObject } from '../../model/wire.js';
import type { Tx } from '../../state/store.js';
import { findOr404 } from '../reading.js';

/** A resource that is stored as it was sent, for events of products that the local Stripe does not have otherwise. */
export interface SimpleResource<K extends Kind, R extends Reader<object>> {
  kind: K;
  /** `/payouts` */
  path: string;
  params: R;
  make(tx: Tx, params: ValueOf<R>): Promise<Kinds[K]>;
  events: { created?: EventType; updated?: EventType };
}

const changes = shape({ description: optional(emptyable(text)), metadata: optional(metadata) });

/** Adds its creation, update of description and metadata, retrieval and list. */
export function simpleRoutes<K extends Exclude<Kind, 'event' | 'deleted_customer'>, R extends Reader<object>>(
  api: ApiRouter,
  { kind, path, params: newOne, make, events }: SimpleResource<K, R>,
): void {
  api.post(
    path,
    endpoint(newOne, async ({ tx, params }) => {
      const made = await make(tx, params as ValueOf<R>);
      await tx.objects.insert(made as Insertable);
      if (events.created) await tx.events.record(events.created, made as StoredObject);
      return made;
    }),
  );
  api.post(
    `${path}/:id`,
    endpoint(changes, async ({ tx, params, id }) => {
      const before = await findOr404(tx, kind, id);
      const { metadata: asked, ...said } = params;
      const { metadata: noted } = before as { metadata?: Record<string, string> | null };
      const mentioned = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
      return saveChanged(tx, before, { ...before, ...mentioned, metadata: changeMetadata(noted ?? {}, asked) }, events);
    }),
  );
  api.get(
    path,
    endpoint(
      shape({ ...pageParams, created, status: optional(text) }),
      ({ tx, params: { status, ...rest }, path: url }) => page(tx, kind, url, { ...rest, where: { status } }),
    ),
  );
  api.get(
    `${path}/:id`,
    endpoint(shape({}), ({ tx, id }) => findOr404(tx, kind, id)),
  );
}

/** Adds `POST …/:id/ACTION`, which changes fields and records an event. */
export function simpleAction<K extends Exclude<Kind, 'event' | 'deleted_customer'>>(
  api: ApiRouter,
  { kind, path }: { kind: K; path: string },
  action: string,
  change: (before: Kinds[K]) => Partial<Kinds[K]>,
  event: EventType,
): void {
  api.post(
    `${path}/:id/${action}`,
    endpoint(shape({}), async ({ tx, id }) => {
      const before = await findOr404(tx, kind, id);
      const after = { ...before, ...change(before) };
      await tx.objects.save(after as Insertable);
      await tx.events.record(event, after as StoredObject);
      return after;
    }),
  );
}

async function saveChanged<T>(tx: Tx, before: T, after: T, { updated }: { updated?: EventType }): Promise<T & object> {
  await tx.objects.save(after as Insertable);
  if (updated) await tx.events.record(updated, after as StoredObject, before as StoredObject);
  return after as T & object;
}
