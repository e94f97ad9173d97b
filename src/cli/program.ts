import { Command } from 'commander';
import { addCatalogCommands } from './catalog.commands.js';
import { addDatabaseCommands } from './database.commands.js';
import { addDoctorCommand } from './doctor.command.js';
import { addEventsCommands } from './events.commands.js';
import { addPaymentsCommands } from './payments.commands.js';
import { printError } from './print.js';
import { addReconcileCommand } from './reconcile.command.js';
import { addWebhooksCommands } from './webhooks.commands.js';

/** Every command. They work beside a running app. */
export function createProgram(): Command {
  const program = new Command('nest-stripe-billing')
    .description('Look at payments and webhook events, and keep the catalog at Stripe.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => printError(...text.trimEnd().split('\n')) }) // it repeats what it was given
    .showHelpAfterError();
  addCatalogCommands(program.command('catalog').description('what is sold'));
  addEventsCommands(program.command('events').description('webhook events and their handling'));
  addPaymentsCommands(program.command('payments').description('payments and refunds'));
  addReconcileCommand(program);
  addWebhooksCommands(program.command('webhooks').description('the endpoint that Stripe sends events to'));
  addDatabaseCommands(program);
  addDoctorCommand(program);
  return program;
}
