import { Controller, Get, Injectable } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { Public } from '../auth/user.js';

/** Whether a load balancer should send requests here. */
@Injectable()
export class Readiness {
  private stopping = false;

  constructor(private readonly indicators: HealthIndicatorService) {}

  /** From now on it should not: the app is about to stop. Requests that still come are answered. */
  end(): void {
    this.stopping = true;
  }

  check() {
    const indicator = this.indicators.check('app');
    return this.stopping ? indicator.down('the app is stopping') : indicator.up();
  }
}

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
