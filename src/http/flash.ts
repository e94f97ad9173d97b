import type { Request } from 'express';
import 'express-session';

/** A sentence about what just happened, shown on the next page only. */
export interface Flash {
  kind: 'good' | 'bad';
  text: string;
}

declare module 'express-session' {
  interface SessionData {
    /** Named as in sessions that are stored already. */
    notice?: Flash;
  }
}

/** Stores a sentence for the page after a redirect. Resolves once it is written: the browser may follow at once. */
export function setFlash(request: Request, flash: Flash): Promise<void> {
  request.session.notice = flash;
  return new Promise((resolve, reject) => request.session.save((error) => (error ? reject(error) : resolve())));
}

/** The stored sentence, if any. It is removed from the session. */
export function takeFlash(request: Request): Flash | undefined {
  const { notice } = request.session;
  delete request.session.notice;
  return notice;
}
