// deno serves the app of its first argument on a free port and prints it.
const app = (await import(Deno.args[0])).default;
Deno.serve(
  { hostname: '127.0.0.1', port: 0, onListen: ({ port }) => console.log(`serving ${port}`) },
  app.fetch,
);
