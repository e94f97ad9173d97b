import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Env } from './config/env.js';
import { configureApp } from './configure-app.js';
import { TimedExpressAdapter } from './http/timed-express-adapter.js';
import { AppLogger } from './logging/app-logger.js';

/** The app, ready to listen: migrated, configured, its routes in place. */
export async function createApp(env: Env): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(env), new TimedExpressAdapter(), {
    logger: loggerFor(env, ['warn', 'error', 'fatal']), // each module and route would be a line of its own
    bodyParser: false, // each path has its own: see configure-app.ts
    abortOnError: false, // errors go to whoever called, with their words, instead of ending the process
  });
  await configureApp(app);
  await app.init();
  app.useLogger(loggerFor(env, ['log', 'warn', 'error', 'fatal']));
  return app;
}

const loggerFor = (env: Env, logLevels: LogLevel[]) =>
  new AppLogger({ json: env.logFormat === 'json', colors: env.logFormat === 'pretty', logLevels });
