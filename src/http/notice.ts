import type { Request } from 'express';
import 'express-session';

/** One sentence about what just happened, shown on the next page only. */
export interface Notice {
  kind: 'good' | 'bad';
  text: string;
}

declare module 'express-session' {
  interface SessionData {
    notice?: Notice;
  }
}

/** Leaves a notice for the page that a redirect leads to. Resolves once it is stored: the browser may be there at once. */
export function leaveNotice(request: Request, notice: Notice): Promise<void> {
  request.session.notice = notice;
  return new Promise((resolve, reject) => request.session.save((error) => (error ? reject(error) : resolve())));
}

export function takeNotice(request: Request): Notice | undefined {
  const { notice } = request.session;
  delete request.session.notice;
  return notice;
}
