import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RecordSale } from './record-sale.handler.js';
import { Sale } from './sale.entity.js';

/** Which sale was paid with a card of which country. */
@Module({
  imports: [TypeOrmModule.forFeature([Sale])],
  providers: [RecordSale],
})
export class SalesModule {}
