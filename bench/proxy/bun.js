// bun serves the app of argv[2] on a free port and prints it.
const app = (await import(process.argv[2])).default;
const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: app.fetch });
console.log(`serving ${server.port}`);
