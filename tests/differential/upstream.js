// The server that the case apps fetch from: says what it was asked, and answers oddly on purpose.

import zlib from 'node:zlib';

const kCodings = {
  gzip: zlib.gzipSync,
  br: zlib.brotliCompressSync,
  deflate: zlib.deflateSync,
  identity: (text) => Buffer.from(text),
};

async function echo(request, response) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const { rawHeaders: raw } = request;
  const headers = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toLowerCase();
    headers[name] = name in headers ? `${headers[name]} | ${raw[i + 1]}` : raw[i + 1];
  }
  const body = Buffer.concat(pieces).toString('latin1');
  const text = JSON.stringify({ method: request.method, url: request.url, headers, body });
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

const routes = {
  echo,
  method(request, response) {
    response.writeHead(200, { 'x-method': request.method, 'content-length': 4 });
    response.end('body');
  },
  status(request, response, status) {
    const hasNone = ['204', '205', '304'].includes(status);
    response.writeHead(Number(status), hasNone ? {} : { 'content-length': 1 });
    response.end(hasNone ? undefined : 'x');
  },
  redirect(request, response, status) {
    request.resume();
    response.writeHead(Number(status), { location: '/echo', 'content-length': 3 });
    response.end('old');
  },
  loop(request, response) {
    response.writeHead(302, { location: '/loop', 'content-length': 0 });
    response.end();
  },
  cookies(request, response) {
    response.writeHead(200, { 'set-cookie': ['a=1', 'b=2; Path=/'], 'content-length': 0 });
    response.end();
  },
  latin(request, response) {
    response.socket.end(
      'HTTP/1.1 200 OK\r\nX-Latin: \xfc\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      'latin1',
    );
  },
  reason(request, response) {
    response.socket.end('HTTP/1.1 200 Very well\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  },
  encoded(request, response, coding) {
    const bytes = kCodings[coding]('encoded '.repeat(20));
    response.writeHead(200, { 'content-encoding': coding, 'content-length': bytes.length });
    response.end(bytes);
  },
  never() {},
  half(request, response) {
    response.writeHead(200, { 'content-length': 10 });
    response.write('half');
  },
  broken(request, response) {
    response.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
  },
  'hang-up'(request, response) {
    response.socket.destroy();
  },
  pass(request, response) {
    response.writeHead(203, 'Passed', {
      'x-upstream': ['1', '2'],
      'set-cookie': ['a=1', 'b=2'],
      'content-type': 'x/pass',
      'content-length': 6,
    });
    response.end('passed');
  },
};

export function answer(request, response) {
  const [name, argument] = request.url.slice(1).split(/[/?]/);
  (routes[name] ?? echo)(request, response, argument);
}
