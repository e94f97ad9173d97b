import type { Request } from 'express';

/** Where the caller reached the sandbox: addresses in answers lead back the same way. */
export const originOf = (request: Request): string => `${request.protocol}://${request.get('host') ?? ''}`;
