import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { Public } from '../auth/user.js';
import { Readiness } from './readiness.js';

/** For a supervisor, which restarts the app, and for a load balancer, which sends it requests. */
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly readiness: Readiness,
  ) {}

  /** 200 while the process runs. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** 200 while the database answers and the app is not stopping, 503 otherwise. Migrations are done before the app listens. */
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.readiness.check(), () => this.database.pingCheck('database')]);
  }
}
