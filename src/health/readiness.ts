import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';

/** Whether new requests should come here. */
@Injectable()
export class Readiness {
  private stopping = false;

  constructor(private readonly indicators: HealthIndicatorService) {}

  /** From now on not: the app is about to stop. What comes all the same is still answered. */
  end(): void {
    this.stopping = true;
  }

  check() {
    const indicator = this.indicators.check('app');
    return this.stopping ? indicator.down('the app is stopping') : indicator.up();
  }
}
