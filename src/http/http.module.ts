import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ErrorPageFilter } from './error-page.filter.js';
import { inputPipe } from './request-checks.js';

/** For every route: the answer to an error, and the check of a parameter against its schema. */
@Module({
  providers: [
    { provide: APP_FILTER, useClass: ErrorPageFilter },
    { provide: APP_PIPE, useFactory: inputPipe },
  ],
})
export class HttpModule {}
