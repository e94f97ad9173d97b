import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';

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
