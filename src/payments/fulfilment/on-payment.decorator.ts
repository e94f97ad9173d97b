import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { PaymentTurn, PaymentTurnOf } from './payment-handler.js';

/** Marks a handler for the discovery; use `@OnPayment`, which checks the types. */
export const HandledTurns = DiscoveryService.createDecorator<readonly PaymentTurn[]>();

interface HandlerOf<K extends PaymentTurn> {
  // A property, not a method: TypeScript would let one pass that expects another turn.
  apply: (turn: PaymentTurnOf<K>, tx: EntityManager) => Promise<void>;
}

/**
 * Says whether a class acts on payments that are settled, that are reversed, or on both. List the class among the
 * `providers` of its module.
 */
export function OnPayment<K extends PaymentTurn>(...turns: K[]) {
  return (target: new (...dependencies: never[]) => HandlerOf<K>): void => {
    HandledTurns(turns)(target);
  };
}
