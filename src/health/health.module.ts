import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Env } from '../config/env.js';
import { HealthController } from './health.controller.js';

/**
 * Liveness and readiness. When the app stops, terminus answers 503 with `"status": "shutting_down"`, and waits for SHUTDOWN_DELAY_MS
 * before anything else of the app stops: Nest stops the modules in the order of their distance from AppModule, the farthest
 * first, so WebhookModule must not be farther away than TerminusModule (test/faults/sigterm).
 */
@Module({
  imports: [
    TerminusModule.forRootAsync({
      inject: [Env],
      useFactory: ({ shutdownDelayMs }: Env) => ({ gracefulShutdownTimeoutMs: shutdownDelayMs }),
    }),
  ],
  controllers: [HealthController],
})
export class HealthModule {}
