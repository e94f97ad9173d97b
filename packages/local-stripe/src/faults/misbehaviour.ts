import { isDeliveryFault, type CallFault, type DeliveryFault, type Fault } from './fault.js';
import { Rule, type ToldFault } from './rule.js';

export interface StruckCall {
  fault: CallFault;
  when: 'before' | 'after';
}

/** What a call that hangs is held by. */
interface Hanging {
  destroy(): void;
}

export interface StruckDelivery {
  fault: DeliveryFault;
  delayMs: number;
}

/** All that is to go wrong. In memory alone: a sandbox that is started again behaves, but for what it was started with. */
export class Misbehaviour {
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

  add(fault: Fault): ToldFault {
    const rule = new Rule(++this.lastId, fault);
    this.rules.push(rule);
    return rule.told();
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

  list(): ToldFault[] {
    return this.rules.map((rule) => rule.told());
  }

  /** What happens to this call, where anything does. Asking counts. */
  ofCall(method: string, path: string): StruckCall | undefined {
    const struck = this.strike(false, `${method} ${path}`);
    return struck && { fault: struck.fault as CallFault, when: struck.when };
  }

  /** What happens to the delivery of an event of this type, where anything does. Asking counts. */
  ofDelivery(type: string): StruckDelivery | undefined {
    const struck = this.strike(true, type);
    return struck && { fault: struck.fault as DeliveryFault, delayMs: struck.delayMs };
  }

  private strike(ofDeliveries: boolean, what: string): ToldFault | undefined {
    const struck = this.rules.find((rule) => isDeliveryFault(rule.fault) === ofDeliveries && rule.strikes(what));
    if (struck?.spent) this.remove(struck.id);
    return struck?.told();
  }
}
