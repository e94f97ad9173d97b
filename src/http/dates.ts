const format = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
});

/** A moment for a page: what people read, and what a `<time>` element carries. */
export const showDate = (date: Date) => ({ text: format.format(date), iso: date.toISOString() });
