import { Reflector } from '@nestjs/core';

/** A route that needs no user and no session. */
export const Public = Reflector.createDecorator<true | void, true>({ transform: () => true });
