import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { Owner } from '../../customers/owner.js';

/** Whether an owner got a feature or lost it. */
export type EntitlementTransition = 'granted' | 'revoked';

/** One change of what an owner may do. */
export interface EntitlementEvent {
  owner: Owner;
  /** As the catalog's plans name it, such as `pro`. */
  feature: string;
  change: EntitlementTransition;
  /** Counts the changes of this owner's feature from 1: with owner and feature, a key for what must be done once elsewhere. */
  seq: number;
  /** The subscription that grants it, or granted it last; `null` where there is none. */
  subscriptionId: string | null;
  /** The event's id, the customer's action or the command; `time` where only time has passed. */
  cause: string;
  /** When it happened: by Stripe's clock, or when a trial, a grace or a subscription was to end. */
  at: Date;
  /** Why, in plain English, for logs. */
  reason: string;
}

/** Does what a feature needs, such as making a workspace or taking it away. Found by its `@OnEntitlement` decorator. */
export interface EntitlementHandler {
  /**
   * Runs once for each change, in the transaction that stores the change: what it writes through `tx` is stored with it or not at
   * all. Where it throws, nothing is stored, and whatever caused the change is tried again. No network calls here.
   */
  apply(event: EntitlementEvent, tx: EntityManager): Promise<void>;
}

/** The metadata by which handlers are found. Use `@OnEntitlement`, which checks the types. */
export const HandledEntitlements = DiscoveryService.createDecorator<readonly EntitlementTransition[]>();

/**
 * Marks a class as the handler of features that are `granted`, `revoked` or both. List the class among the `providers` of its
 * module.
 */
export function OnEntitlement(...transitions: EntitlementTransition[]) {
  return (target: new (...dependencies: never[]) => EntitlementHandler): void => {
    HandledEntitlements(transitions)(target);
  };
}
