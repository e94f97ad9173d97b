/** The tests of the `postgres` project run on the server that `npm test` has started, each app on a database of its own. */
if (!process.env.POSTGRES_SERVER) throw new Error('There is no PostgreSQL: run these tests by `npm test -- postgres`');
process.env.TEST_ENGINE = 'postgres';
