import postgres from 'postgres';
export default { async fetch(request, env) { const sql = postgres(env.DATABASE); return Response.json(await sql`select 1 as x`); } };
