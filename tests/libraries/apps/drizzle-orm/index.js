// drizzle-orm: SQL text of two dialects, and a D1 database that the test stands in for.

import { and, count, desc, eq, inArray, like, relations, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import * as pg from 'drizzle-orm/pg-core';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const users = sqliteTable('users', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull(),
  data: text('data', { mode: 'json' }),
  at: integer('at', { mode: 'timestamp' }),
});
const posts = sqliteTable('posts', {
  id: integer('id').primaryKey(),
  author: integer('author').references(() => users.id),
  title: text('title'),
});
const usersRelations = relations(users, ({ many }) => ({ posts: many(posts) }));
const postsRelations = relations(posts, ({ one }) => ({
  user: one(users, { fields: [posts.author], references: [users.id] }),
}));

/** Answers each statement with the rows it is given. */
function fakeD1(rows, seen) {
  const statement = (query, bound = []) => ({
    bind: (...values) => statement(query, values),
    async all() {
      seen.push({ query, bound });
      return { results: rows, success: true };
    },
    async raw() {
      seen.push({ query, bound });
      return rows.map((row) => Object.values(row));
    },
    async run() {
      seen.push({ query, bound });
      return { success: true, meta: { changes: rows.length } };
    },
  });
  return {
    prepare: (query) => statement(query),
    batch: (list) => Promise.all(list.map((one) => one.all())),
  };
}

const routes = {
  async '/select'() {
    const seen = [];
    const db = drizzle(fakeD1([{ id: 1, name: 'anna', data: '{"a":1}', at: 0 }], seen), {
      schema: { users },
    });
    const rows = await db
      .select()
      .from(users)
      .where(and(eq(users.name, 'anna'), like(users.name, 'a%')))
      .orderBy(desc(users.id))
      .limit(3);
    return { rows, seen };
  },
  async '/insert'() {
    const seen = [];
    const db = drizzle(fakeD1([{ id: 2 }], seen));
    const rows = await db
      .insert(users)
      .values({ name: 'ü', data: { b: [2] }, at: new Date(5000) })
      .onConflictDoNothing()
      .returning({ id: users.id });
    await db
      .update(users)
      .set({ name: sql`upper(${users.name})` })
      .where(inArray(users.id, [1, 2]));
    await db.delete(posts).where(eq(posts.author, 1));
    return { rows, seen };
  },
  async '/join'() {
    const seen = [];
    const db = drizzle(fakeD1([], seen));
    const inner = db
      .select({ author: posts.author, n: count().as('n') })
      .from(posts)
      .groupBy(posts.author)
      .as('inner');
    await db
      .select({ name: users.name, n: inner.n })
      .from(users)
      .leftJoin(inner, eq(inner.author, users.id));
    return seen;
  },
  async '/relations'() {
    const seen = [];
    const db = drizzle(fakeD1([{ id: 1, name: 'anna', posts: '[[1,"title"]]' }], seen), {
      schema: { users, posts, usersRelations, postsRelations },
    });
    const rows = await db.query.users.findMany({
      columns: { id: true, name: true },
      with: { posts: { columns: { id: true, title: true } } },
    });
    return { rows, seen };
  },
  async '/postgres'() {
    const table = pg.pgTable('t', {
      id: pg.uuid('id').defaultRandom(),
      tags: pg.text('tags').array(),
      j: pg.jsonb('j'),
    });
    const builder = new pg.QueryBuilder();
    return builder
      .select()
      .from(table)
      .where(sql`${table.tags} @> ${['a', 'b']}`)
      .toSQL();
  },
};

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    return Response.json(pathname === '/' ? Object.keys(routes) : await routes[pathname]());
  },
};
