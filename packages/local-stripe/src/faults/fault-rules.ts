import { isDeliveryFault, type CallFault, type DeliveryFault, type Fault } from './fault.js';
import { Rule, type FaultReport } from './rule.js';

export interface CallFaultHit {
  fault: CallFault;
  when: 'before' | 'after';
  delayMs: number;
}

/** The response of a hanging call. */
interface Hanging {
  destroy(): void;
}

export interface DeliveryFaultHit {
  fault: DeliveryFault;
  delayMs: number;
}

/** The active faults, in memory. A restart ends all but the initial ones. */
export class FaultRules {
  private rules: Rule[] = [];
  private readonly hanging = new Set<Hanging>();
  private lastId = 0;

  /** `initial`: active after `reset`. */
  constructor(private readonly initial: readonly Fault[] = []) {}

  /** Ends all faults and adds the initial ones. */
  reset(): void {
    this.clear();
    for (const fault of this.initial) this.add(fault);
  }

  add(fault: Fault): FaultReport {
    const rule = new Rule(++this.lastId, fault);
    this.rules.push(rule);
    return rule.report();
  }

  /** Ends a fault; false where there is none with this id. */
  remove(id: number): boolean {
    const before = this.rules.length;
    this.rules = this.rules.filter((rule) => rule.id !== id);
    return this.rules.length < before;
  }

  /** Ends all faults and closes the connections of hanging calls. */
  clear(): void {
    this.rules = [];
    for (const call of this.hanging) call.destroy();
    this.hanging.clear();
  }

  keepHanging(call: Hanging): void {
    this.hanging.add(call);
  }

  noLongerHanging(call: Hanging): void {
    this.hanging.delete(call);
  }

  list(): FaultReport[] {
    return this.rules.map((rule) => rule.report());
  }

  /** The fault to inject into this call; it is counted. */
  ofCall(method: string, path: string): CallFaultHit | undefined {
    const hit = this.hit(false, `${method} ${path}`);
    return hit && { fault: hit.fault as CallFault, when: hit.when, delayMs: hit.delayMs };
  }

  /** The fault to inject into a delivery of this event type; it is counted. */
  ofDelivery(type: string): DeliveryFaultHit | undefined {
    const hit = this.hit(true, type);
    return hit && { fault: hit.fault as DeliveryFault, delayMs: hit.delayMs };
  }

  private hit(ofDeliveries: boolean, what: string): FaultReport | undefined {
    const hit = this.rules.find((rule) => isDeliveryFault(rule.fault) === ofDeliveries && rule.matches(what));
    if (hit?.spent) this.remove(hit.id);
    return hit?.report();
  }
}
