import { type Command, Option } from 'commander';
import { EventLog, type EventStatus, type LoggedEvent, Pruning } from '../webhook/event-log.service.js';
import { paymentOf, readEvent } from '../webhook/incoming-event.js';
import { Replay } from '../webhook/replay.service.js';
import {
  ageFrom,
  type ListOptions,
  NotFoundError,
  type OutputOptions,
  print,
  printError,
  printPages,
  withApp,
  withJson,
  withLimit,
} from './command.js';
import { machineNowMs } from '../time/clock.js';

interface EventFilterOptions extends ListOptions {
  status?: EventStatus;
  type?: string;
}

interface ReplayOptions extends EventFilterOptions {
  all?: boolean;
}

interface PruneOptions extends OutputOptions {
  /** Ms. */
  olderThan: number;
}

const statusOption = () =>
  new Option('--status <status>', 'only these').choices(['pending', 'done', 'dead', 'ignored'] satisfies EventStatus[]);

/** `events list | show | replay | prune` */
export function addEventsCommands(events: Command): void {
  withLimit(events.command('list').description('events, newest first'))
    .addOption(statusOption())
    .option('--type <type>', 'only of this type')
    .action(async ({ json, ...filter }: EventFilterOptions) =>
      withApp(async (app) => {
        const log = app.get(EventLog);
        const list = { name: 'events', pages: log.pages(filter), total: await log.count(filter) };
        await printPages(json, { ...list, document: eventDocument, line: eventLine });
      }),
    );

  withJson(events.command('show <id>').description('one event and the runs of its handlers')).action(
    async (id: string, { json }: OutputOptions) => {
      const found = await withApp((app) => app.get(EventLog).find(id));
      if (!found) throw new NotFoundError('event', id);
      const payment = paymentOf(readEvent(Buffer.from(found.event.payload))?.content) ?? null;
      const nextAttemptAt = found.event.nextAttemptAt?.toISOString() ?? null;
      print(json, { ...eventDocument(found), payment, nextAttemptAt }, () => [
        eventLine(found),
        ...(payment ? [`  payment ${payment}`] : []),
        ...found.runs.map(runLine),
      ]);
    },
  );

  withJson(events.command('replay [id]').description('handle an event again, where that did not succeed'))
    .addOption(statusOption())
    .option('--all', 'run the handlers that have succeeded once more, too')
    .action(async (id: string | undefined, { json, status, all }: ReplayOptions, command: Command) => {
      if ((id === undefined) === (status === undefined)) command.error('Give an event id, or --status, and not both.');
      const which = id === undefined ? { status: status as EventStatus } : { id };
      const result = await withApp((app) => app.get(Replay).replay(which, all));
      if (id !== undefined && result.replayed + result.ignored === 0) throw new NotFoundError('event', id);
      print(json, result, () => [
        `${result.replayed} due again; the running app handles them within a second.`,
        ...(result.ignored > 0 ? [`${result.ignored} left as ignored: still not for this app to handle.`] : []),
      ]);
    });

  withJson(events.command('prune').description('delete old events that are done or ignored, beside the running app'))
    .requiredOption('--older-than <age>', 'received longer ago than this: 90d, 12h, 30m', ageFrom)
    .action(async ({ json, olderThan }: PruneOptions) => {
      const before = new Date(machineNowMs() - olderThan);
      const pruned = await withApp((app) => app.get(Pruning).prune(before, printProgress));
      print(json, { pruned }, () => [`${pruned} deleted.`]);
    });
}

const printProgress = (sum: number) => sum % 10_000 === 0 && printError(`${sum} deleted so far`);

const eventDocument = ({ event, runs }: LoggedEvent) => ({
  id: event.id,
  type: event.type,
  status: event.status,
  reason: event.reason,
  attempts: event.attempts,
  createdAt: event.createdAt.toISOString(),
  receivedAt: event.receivedAt.toISOString(),
  runs: runs.map(({ handler, status, attempts, lastError, nextAttemptAt }) => ({
    handler,
    status,
    attempts,
    lastError,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
  })),
});

const eventLine = ({ event }: LoggedEvent) =>
  [event.receivedAt.toISOString(), event.status.padEnd(7), event.id, event.type, event.reason ?? '']
    .join('  ')
    .trimEnd();

const runLine = ({ handler, status, attempts, nextAttemptAt, lastError }: LoggedEvent['runs'][number]) =>
  [
    `  ${handler}: ${status} after ${attempts} attempt${attempts === 1 ? '' : 's'}`,
    ...(nextAttemptAt ? [`the next at ${nextAttemptAt.toISOString()}`] : []),
    ...(lastError ? [lastError] : []),
  ].join(', ');
