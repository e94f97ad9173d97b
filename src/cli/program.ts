import { Command } from 'commander';
import { maskSecrets } from '../config/mask-secrets.js';
import { addCatalogCommands } from './catalog.commands.js';
import { addDatabaseCommands } from './database.commands.js';
import { addEventsCommands } from './events.commands.js';
import { addPaymentsCommands } from './payments.commands.js';
import { addReconcileCommand } from './reconcile.command.js';

/** Every command. They work beside a running app. */
export function createProgram(): Command {
  const program = new Command('nest-stripe-billing')
    .description('Look at payments and webhook events, and keep the catalog at Stripe.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(maskSecrets(text)) }) // it repeats what it was given
    .showHelpAfterError();
  addCatalogCommands(program.command('catalog').description('what is sold'));
  addEventsCommands(program.command('events').description('webhook events and their handling'));
  addPaymentsCommands(program.command('payments').description('payments and refunds'));
  addReconcileCommand(program);
  addDatabaseCommands(program);
  return program;
}
