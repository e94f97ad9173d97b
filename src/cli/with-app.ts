import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Env, loadEnv } from '../config/env.js';
import { withSandbox } from '../config/sandbox-connection.js';
import { AppLogger } from '../logging/app-logger.js';

/** Runs `work` with the app's services. Nothing listens and nothing is handled in the background: the running app does that. */
export async function withApp<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const module = AppModule.forRoot(reachable(loadEnv()));
  const app = await NestFactory.createApplicationContext(module, {
    logger: new AppLogger({ logLevels: ['error', 'fatal'] }),
    abortOnError: false,
  });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** Without a key, the sandbox that the running app has started. */
const reachable = (env: Env): Env =>
  env.stripe ? env : withSandbox(env, { url: `http://localhost:${env.sandboxPort}` });
