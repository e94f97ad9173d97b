import { AppProcess, type HandlerSwitches } from '../../support/app-process.js';
import { EventRows } from '../../faults/support/event-rows.js';
import { PostgresDatabase } from '../../faults/support/postgres-database.js';

export type Instance = AppProcess<PostgresDatabase>;

/** Several instances of the built app on one new database. */
export class Instances {
  readonly events: EventRows;

  private constructor(
    readonly database: PostgresDatabase,
    readonly all: Instance[],
  ) {
    this.events = new EventRows(database);
  }

  /** None is started yet. */
  static async create(count: number, server = process.env.POSTGRES_SERVER ?? ''): Promise<Instances> {
    const database = await PostgresDatabase.createOn(server);
    const all: Instance[] = [];
    for (let nth = 0; nth < count; nth++) all.push(await AppProcess.on(database));
    const instances = new Instances(database, all);
    await instances.events.createEffects();
    return instances;
  }

  get first(): Instance {
    return this.nth(0);
  }

  get second(): Instance {
    return this.nth(1);
  }

  /** All at the same moment. */
  async start(settings: Record<string, string> = {}, switches: HandlerSwitches = {}): Promise<void> {
    await Promise.all(this.all.map((instance) => instance.start(settings, switches)));
  }

  async remove(): Promise<void> {
    await Promise.all(this.all.map((instance) => instance.remove()));
    await this.database.drop();
  }

  private nth(place: number): Instance {
    const instance = this.all[place];
    if (!instance) throw new Error(`There are ${this.all.length} instances`);
    return instance;
  }
}
