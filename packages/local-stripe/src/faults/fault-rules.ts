import { isDeliveryFault, type CallFault, type DeliveryFault, type Fault } from './fault.js';
import { Rule, type FaultReport } from './rule.js';

export interface CallFaultHit {
  fault: CallFault;
  when: 'before' | 'after';
}

/** What a call that hangs is held by. */
interface Hanging {
  destroy(): void;
}

export interface DeliveryFaultHit {
  fault: DeliveryFault;
  delayMs: number;
}

/** All that is to go wrong. In memory alone: a sandbox that is started again behaves, but for what it was started with. */
export class FaultRules {
  private rules: Rule[] = [];
  private readonly hanging = new Set<Hanging>();
  private lastId = 0;

  /** `initial`: what goes wrong after a `reset`. */
  constructor(private readonly initial: readonly Fault[] = []) {}

  /** As at the start, with the initial faults alone. */
  reset(): void {
    this.clear();
    for (const fault of this.initial) this.add(fault);
  }

  add(fault: Fault): FaultReport {
    const rule = new Rule(++this.lastId, fault);
    this.rules.push(rule);
    return rule.report();
  }

  /** Whether there was one with this id. */
  remove(id: number): boolean {
    const before = this.rules.length;
    this.rules = this.rules.filter((rule) => rule.id !== id);
    return this.rules.length < before;
  }

  /** Takes everything back; calls that hang are broken off. */
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

  /** What happens to this call, where anything does. Asking counts. */
  ofCall(method: string, path: string): CallFaultHit | undefined {
    const hit = this.hit(false, `${method} ${path}`);
    return hit && { fault: hit.fault as CallFault, when: hit.when };
  }

  /** What happens to the delivery of an event of this type, where anything does. Asking counts. */
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
