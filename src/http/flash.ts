import type { Request } from 'express';
import 'express-session';

/** One sentence about what just happened, shown on the next page only. */
export interface Flash {
  kind: 'good' | 'bad';
  text: string;
}

declare module 'express-session' {
  interface SessionData {
    notice?: Flash;
  }
}

/** Leaves a notice for the page that a redirect leads to. Resolves once it is stored: the browser may be there at once. */
export function setFlash(request: Request, notice: Flash): Promise<void> {
  request.session.notice = notice;
  return new Promise((resolve, reject) => request.session.save((error) => (error ? reject(error) : resolve())));
}

export function takeFlash(request: Request): Flash | undefined {
  const { notice } = request.session;
  delete request.session.notice;
  return notice;
}
