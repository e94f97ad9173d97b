import { setTimeout as sleep } from 'node:timers/promises';
import { CatalogBoot } from '../billing/catalog/catalog-boot.service.js';
import type { Env } from '../config/env.js';
import { Readiness } from '../health/health.controller.js';
import { createApp } from './create-app.js';
import { listen, listensOnLoopback } from './http-server.js';

/** The app of this process, as `boot` handles it. */
export interface RunningApp {
  /** Only this machine can connect. */
  onLoopback: boolean;
  listen(): Promise<void>;
  /** Resolves when the catalog has been synced, or when that failed for the first time. */
  catalogTried(): Promise<unknown>;
  /** Answers the requests under way, and closes the database. */
  stop(): Promise<void>;
}

/** @throws OperatorError where an operator can correct what is wrong */
export async function openApp(env: Env): Promise<RunningApp> {
  const app = await createApp(env);
  return {
    onLoopback: listensOnLoopback(env),
    listen: () => listen(app, env),
    catalogTried: () => app.get(CatalogBoot).tried,
    stop: async () => {
      app.get(Readiness).end(); // first, so that a load balancer sends nothing more
      await sleep(env.shutdownDelayMs);
      app.getHttpServer().close(); // requests under way are answered, and no connection is accepted any more
      await app.close();
    },
  };
}
