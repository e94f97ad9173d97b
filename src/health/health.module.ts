import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';

/** For whoever restarts the app or sends it traffic. */
@Module({ imports: [TerminusModule], controllers: [HealthController], providers: [Readiness], exports: [Readiness] })
export class HealthModule {}
