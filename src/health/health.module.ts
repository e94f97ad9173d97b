import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController, Readiness } from './health.controller.js';

/** Liveness and readiness. */
@Module({ imports: [TerminusModule], controllers: [HealthController], providers: [Readiness], exports: [Readiness] })
export class HealthModule {}
