// kysely: SQL text, plugins, a dialect that answers from memory.

import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

class Driver extends DummyDriver {
  async acquireConnection() {
    return {
      executeQuery: async () => ({ rows: [{ first_name: 'anna', n: 1n.toString() }] }),
      async *streamQuery() {},
    };
  }
}
const db = new Kysely({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new Driver(),
    createIntrospector: (one) => new SqliteIntrospector(one),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  plugins: [new CamelCasePlugin()],
});

const routes = {
  '/rows': () => db.selectFrom('person').selectAll().execute(),
  '/sql': () =>
    db
      .with('old', (q) => q.selectFrom('person').where('age', '>', 60).selectAll())
      .selectFrom('old')
      .innerJoin('pet', 'pet.ownerId', 'old.id')
      .select(({ fn, eb }) => [
        'old.firstName',
        fn.count('pet.id').as('pets'),
        eb.case().when('age', '<', 70).then('a').else('b').end().as('kind'),
      ])
      .groupBy('old.id')
      .having((eb) => eb(eb.fn.count('pet.id'), '>', 1))
      .compile(),
  '/schema': () =>
    db.schema
      .createTable('t')
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('at', 'text', (c) => c.defaultTo(sql`current_timestamp`))
      .compile(),
  '/transaction': () =>
    db
      .transaction()
      .execute(
        async (tx) =>
          (await tx
            .updateTable('person')
            .set({ firstName: 'x' })
            .where('id', '=', 1)
            .returningAll()
            .executeTakeFirst()) ?? null,
      ),
};

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/') return Response.json(Object.keys(routes));
    const result = await routes[pathname]();
    const { sql: text, parameters } = result ?? {};
    return Response.json(text ? { text, parameters } : result);
  },
};
