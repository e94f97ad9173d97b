import { Command, CommanderError } from 'commander';
import { SettingsError } from '../config/settings.error.js';
import { CopyDiffersError } from '../database/move-to-postgres.js';
import { EXIT, printError } from './command.js';
import { addCatalogCommands } from './catalog.commands.js';
import { addCustomersCommands } from './customers.commands.js';
import { addDatabaseCommands } from './database.commands.js';
import { addDoctorCommand, addReconcileCommand } from './check.commands.js';
import { addEventsCommands } from './events.commands.js';
import { addPaymentsCommands } from './payments.commands.js';
import { addSubscriptionsCommands } from './subscriptions.commands.js';
import { addWebhooksCommands } from './webhooks.commands.js';

/** Every command. All can be used while the app runs. */
export function createProgram(): Command {
  const program = new Command('nest-stripe-billing')
    .description('Look at payments and webhook events, and keep the catalog at Stripe.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => printError(...text.trimEnd().split('\n')) }) // it quotes arguments, which may contain a secret
    .showHelpAfterError();
  addCatalogCommands(program.command('catalog').description('what is sold'));
  addCustomersCommands(program.command('customers').description('who buys'));
  addEventsCommands(program.command('events').description('webhook events and their handling'));
  addPaymentsCommands(program.command('payments').description('payments and refunds'));
  addReconcileCommand(program);
  addSubscriptionsCommands(program.command('subscriptions').description('plans that are paid for again and again'));
  addWebhooksCommands(program.command('webhooks').description('the endpoint that Stripe sends events to'));
  addDatabaseCommands(program);
  addDoctorCommand(program);
  return program;
}

process.umask(0o077); // a backup contains the whole database: only its user may read it

/** `npm run cli -- <command>`: exits with 0 on success, 1 on failure, 2 on wrong usage. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has printed the reason
    printError(...linesOf(error));
    return EXIT.failed;
  }
}

/** Our own errors that list something have several lines. Any other error is one line, since it may contain foreign text. */
function linesOf(error: unknown): string[] {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof SettingsError || error instanceof CopyDiffersError ? text.split('\n') : [text];
}

const fail = (error: unknown): never => {
  printError(...linesOf(error));
  process.exit(EXIT.failed);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.exitCode = await main();
