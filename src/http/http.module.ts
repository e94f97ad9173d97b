import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ErrorPageFilter } from './error-page.filter.js';

/** What every page and route shares: the answer to every error. */
@Module({ providers: [{ provide: APP_FILTER, useClass: ErrorPageFilter }] })
export class HttpModule {}
