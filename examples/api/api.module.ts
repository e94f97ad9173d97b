import { Module } from '@nestjs/common';
import { PaymentsModule } from '../payments/payments.module.js';
import { PaymentsApiController } from './payments-api.controller.js';

/** JSON routes for a front end. */
@Module({
  imports: [PaymentsModule],
  controllers: [PaymentsApiController],
})
export class ApiModule {}
