import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CsrfGuard } from './csrf.js';
import { RateLimitModule } from './rate-limit.js';
import { DatabaseSessionStore, SessionPruner, SessionRow } from './session-store.js';
import { SessionUserGuard } from './user.js';

/** Sessions, the user, CSRF and rate limits. The guards run before every route that is not `@Public()`. */
@Module({
  imports: [RateLimitModule, TypeOrmModule.forFeature([SessionRow])],
  providers: [
    DatabaseSessionStore,
    SessionPruner,
    SessionUserGuard,
    { provide: APP_GUARD, useExisting: SessionUserGuard },
    { provide: APP_GUARD, useClass: CsrfGuard },
  ],
  exports: [DatabaseSessionStore],
})
export class AuthModule {}
