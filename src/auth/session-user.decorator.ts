import { createParamDecorator, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import type { User } from './user.js';

/** The user whom the guard let in: `home(@SessionUser() user: User)`. */
export const SessionUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  const { user } = context.switchToHttp().getRequest<Request>();
  if (!user) throw new UnauthorizedException('This route is @Public(): it has no user');
  return user;
});
