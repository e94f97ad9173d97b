import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ErrorPageFilter } from './error-page.filter.js';
import { IdleConnections } from './idle-connections.js';

/** What every page and route shares: the answer to every error. */
@Module({ providers: [IdleConnections, { provide: APP_FILTER, useClass: ErrorPageFilter }] })
export class HttpModule {}
