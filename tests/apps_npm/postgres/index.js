// A database by way of `postgres`: each path is a query.
import postgres from 'postgres';

const queries = {
  async '/select'(sql) {
    const [row] = await sql`select ${41} + 1 as answer, ${'gr\u00fcn'} as text`;
    return row;
  },
  async '/many'(sql) {
    const rows = await sql`select i, repeat('x', 100) as text from generate_series(1, 20000) i`;
    return { rows: rows.length, last: rows.at(-1).i, bytes: rows.reduce((n, r) => n + r.text.length, 0) };
  },
  async '/write'(sql) {
    const text = 'y'.repeat(300_000);
    await sql`create temporary table t (text text)`;
    await sql`insert into t ${sql({ text })}`;
    const [row] = await sql`select length(text) as length from t`;
    return row;
  },
  async '/parallel'(sql) {
    const rows = await Promise.all([1, 2, 3, 4].map((n) => sql`select ${n}::int as n, pg_sleep(0.01)`));
    return rows.map(([row]) => row.n);
  },
  async '/error'(sql) {
    return sql`select * from nowhere`.catch((error) => ({ code: error.code }));
  },
  async '/tls'(sql) {
    const [row] = await sql`select ssl, version from pg_stat_ssl where pid = pg_backend_pid()`;
    return row;
  },
};

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const ssl = searchParams.has('ssl') ? 'require' : false;
    const sql = postgres(env.DATABASE, { ssl, max: pathname === '/parallel' ? 4 : 1, fetch_types: false });
    try {
      return Response.json(await queries[pathname](sql));
    } finally {
      await sql.end();
    }
  },
};
