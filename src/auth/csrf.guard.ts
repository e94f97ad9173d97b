import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { PageError } from '../http/page-error.js';
import { hasCsrfToken } from './csrf.js';
import { Public } from './public.decorator.js';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Refuses a form that did not come from a page of this session. */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (SAFE_METHODS.includes(request.method)) return true;
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    if (hasCsrfToken(request)) return true;
    throw new PageError(
      403,
      'This form is no longer valid',
      'Go back, load the page again, and send the form once more.',
    );
  }
}
