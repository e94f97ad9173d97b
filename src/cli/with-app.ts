import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Env, loadEnv } from '../config/env.js';
import { withSandboxUnlessKey } from '../config/development.js';
import { AppLogger } from '../logging/app-logger.js';

type Work<T> = (app: INestApplicationContext) => Promise<T>;

/** Runs `work` with the app's services. It does not listen and handles nothing in the background, which the running app does. */
export async function withApp<T>(work: Work<T>): Promise<T> {
  return during(await openApp(loadEnv()), work);
}

/** The same on an empty database in memory, for commands that only call Stripe and must work before there is a database. */
export async function withAppOnEmptyDatabase<T>(env: Env, work: Work<T>): Promise<T> {
  return during(await openAppOnEmptyDatabase(env), work);
}

export const openAppOnEmptyDatabase = (env: Env): Promise<INestApplicationContext> =>
  openApp(env.with({ databaseUrl: 'sqlite::memory:', postgres: undefined }));

const openApp = (env: Env): Promise<INestApplicationContext> =>
  NestFactory.createApplicationContext(AppModule.forRoot(withSandboxUnlessKey(env)), {
    logger: new AppLogger({ logLevels: ['error', 'fatal'] }),
    abortOnError: false,
  });

async function during<T>(app: INestApplicationContext, work: Work<T>): Promise<T> {
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
