import { Injectable, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { HandlerRegistry } from './handler-registry.js';
import { HandlesStripeEvent, type StripeEventHandler } from './index.js';

@Injectable()
@HandlesStripeEvent('invoice.paid', 'invoice.voided')
class Bookkeeper implements StripeEventHandler<'invoice.paid' | 'invoice.voided'> {
  async apply(): Promise<void> {}
}

@Injectable()
@HandlesStripeEvent('invoice.paid')
class Greeter implements StripeEventHandler<'invoice.paid'> {
  async apply(): Promise<void> {}
}

const registryOf = async (...providers: (new () => object)[]) => {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [HandlerRegistry, ...providers],
  }).compile();
  await module.init();
  return module.get(HandlerRegistry);
};

describe('the registry of handlers', () => {
  it('finds every handler by the types in its decorator', async () => {
    const registry = await registryOf(Bookkeeper, Greeter);
    expect(registry.handlersFor('invoice.paid').map(({ name }) => name)).toEqual(['Bookkeeper', 'Greeter']);
    expect(registry.handlersFor('invoice.voided').map(({ name }) => name)).toEqual(['Bookkeeper']);
    expect(registry.handlersFor('invoice.created')).toEqual([]);
  });

  it('stops the boot when two handlers have the same name', async () => {
    const twin = { Greeter: class extends Greeter {} }.Greeter;
    HandlesStripeEvent('invoice.paid')(twin);
    @Module({ providers: [twin] })
    class Elsewhere {}
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule, Elsewhere],
      providers: [HandlerRegistry, Greeter],
    }).compile();
    await expect(module.init()).rejects.toThrow('Two event handlers are called Greeter');
  });
});

/** What must not compile; the types are checked by `npm run check`. */
export function doesNotCompile(): void {
  // @ts-expect-error there is no such event
  HandlesStripeEvent('invoice.payed')(Greeter);
  // @ts-expect-error the class expects another event
  HandlesStripeEvent('charge.refunded')(ForInvoices);
  // @ts-expect-error the class expects one of the events only
  HandlesStripeEvent('invoice.paid', 'charge.refunded')(ForInvoices);
}

class ForInvoices implements StripeEventHandler<'invoice.paid'> {
  async apply(event: Parameters<StripeEventHandler<'invoice.paid'>['apply']>[0]): Promise<void> {
    void event.data.object.id;
  }
}
