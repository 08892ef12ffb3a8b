// A WebSocket server and event streams, on two ports of loopback: plain, and TLS with the
// certificate and key given. Prints "PLAIN TLS", the ports, once it listens.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { WebSocketServer } from 'ws';

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));

// Counts up: two events a connection, then the end; it goes on where the last one was.
function events(request, response) {
  const last = Number(request.headers['last-event-id'] ?? 0);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`retry: 1000\n\n`);
  for (let i = last + 1; i <= last + 2; i++) response.write(`event: count\nid: ${i}\ndata: ${i}\n\n`);
  response.end();
}

function talk(socket, request) {
  if (request.url === '/echo') {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    return;
  }
  socket.ping('are you there');
  socket.on('pong', (data) => {
    socket.send(`pong ${data}`);
    socket.send('in ', { fin: false });
    socket.send('two parts', { fin: true });
    socket.close(4002, 'enough');
  });
}

function serve(server) {
  const webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (protocols) => (protocols.has('chat') ? 'chat' : false),
  });
  server.on('request', (request, response) =>
    request.url === '/events' ? events(request, response) : response.writeHead(404).end(),
  );
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/refused') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (ws) => talk(ws, request));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

const ports = [await serve(createServer()), await serve(createSecureServer({ cert, key }))];
console.log(ports.join(' '));
