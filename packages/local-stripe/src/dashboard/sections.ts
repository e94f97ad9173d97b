import type { RequestHandler } from 'express';

/** The dashboard's sections, in the order of the bar; a section's own pages are below its address. */
const SECTIONS = [
  { label: 'Overview', href: '/' },
  { label: 'Payments', href: '/payments' },
  { label: 'Customers', href: '/customers' },
  { label: 'Subscriptions', href: '/subscriptions' },
  { label: 'Invoices', href: '/invoices' },
  { label: 'Mailbox', href: '/mailbox' },
  { label: 'Events', href: '/events' },
];

/** Puts the bar's links into every page of the dashboard, the present one marked. */
export const showSections: RequestHandler = ({ path }, response, next) => {
  response.locals['nav'] = SECTIONS.map(({ label, href }) => ({
    label,
    href,
    current: path === href ? 'page' : href !== '/' && path.startsWith(`${href}/`) ? 'true' : undefined,
  }));
  next();
};
