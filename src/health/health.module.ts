import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';

/** For whoever restarts the app or sends it traffic. */
@Module({ imports: [TerminusModule], controllers: [HealthController] })
export class HealthModule {}
