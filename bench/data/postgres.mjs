import pg from 'pg';

const INT8 = 20;

/** A PostgreSQL database by one connection, with the interface of the SQLite one: `?` marks a value. */
export class PostgresDatabase {
  static async open(url) {
    const client = new pg.Client({ connectionString: url });
    client.setTypeParser(INT8, Number);
    await client.connect();
    return Object.assign(new PostgresDatabase(), { client });
  }

  async run(sql, values = []) {
    await this.all(sql, values);
  }

  async get(sql, values = []) {
    return (await this.all(sql, values))[0];
  }

  async all(sql, values = []) {
    let place = 0;
    return (
      await this.client.query(
        sql.replaceAll('?', () => `$${++place}`),
        values,
      )
    ).rows;
  }

  close() {
    return this.client.end();
  }
}

export const isPostgres = (database) => database.startsWith('postgres:');
