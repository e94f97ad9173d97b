import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ErrorPageFilter } from './error-page.filter.js';
import { HealthController } from './health.controller.js';

/** What every page and route shares: health, and the answer to every error. */
@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [{ provide: APP_FILTER, useClass: ErrorPageFilter }],
})
export class HttpModule {}
