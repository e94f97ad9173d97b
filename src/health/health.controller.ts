import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { Public } from '../auth/user.js';
import { Readiness } from './readiness.js';

/** For whoever restarts the app or sends it traffic. */
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly readiness: Readiness,
  ) {}

  /** The process is there. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** The database answers, and the app is not stopping. It listens only once its migrations are done. */
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.readiness.check(), () => this.database.pingCheck('database')]);
  }
}
