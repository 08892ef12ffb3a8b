// node serves the app of argv[2] on a free port and prints it: Request in, Response out, as the
// adapters of frameworks do it.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';

const app = (await import(process.argv[2])).default;
const server = createServer(async (incoming, outgoing) => {
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    headers: incoming.headers,
  });
  const response = await app.fetch(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body) Readable.fromWeb(response.body).pipe(outgoing);
  else outgoing.end();
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`serving ${server.address().port}`));
