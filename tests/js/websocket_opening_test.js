// @ts-check
// How the client's WebSocket opens, and how it does not: snapshot/js/websocket/opening.js and handshake.js.

import {
  acceptOf,
  close,
  open,
  opened,
  receiveRequest,
  record,
  socketTest,
} from './fake_web_socket_server.js';
import { ok, same, test, throws } from './harness.js';

socketTest('it shakes hands as RFC 6455 has it', async (network) => {
  const webSocket = new WebSocket('WS://user:secret@A.test:8080/chat/../x?y=1');
  same([webSocket.url, webSocket.readyState], ['ws://user:secret@a.test:8080/x?y=1', 0]);
  same([webSocket.protocol, webSocket.extensions, webSocket.bufferedAmount], ['', '', 0]);
  const peer = await network.next();
  same([peer.host, peer.port, peer.isTls], ['a.test', 8080, false]);
  const { line, headers } = await receiveRequest(peer);
  same(line, 'GET /x?y=1 HTTP/1.1');
  const { 'sec-websocket-key': key, ...others } = headers;
  same(others, {
    host: 'a.test:8080',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
  });
  same(atob(key).length, 16);
});

socketTest('wss is TLS at its port, and http is read as ws', async (network) => {
  const cases = [
    ['wss://a.test', 'a.test', 443, true],
    ['ws://[::1]/', '::1', 80, false],
    ['https://a.test:8443/', 'a.test', 8443, true],
    ['http://a.test/', 'a.test', 80, false],
  ];
  for (const [url, host, port, isTls] of cases) {
    const webSocket = new WebSocket(url);
    const peer = await network.next();
    same([peer.host, peer.port, peer.isTls], [host, port, isTls]);
    ok(/^wss?:/.test(webSocket.url ?? ''));
  }
});

socketTest('what cannot be opened is refused at once', async () => {
  throws(TypeError, () => new WebSocket(), '1 argument required');
  throws('SyntaxError', () => new WebSocket('not a url'), 'url is invalid');
  throws('SyntaxError', () => new WebSocket('ftp://a.test'), 'ws or wss');
  throws('SyntaxError', () => new WebSocket('ws://a.test/#x'), 'fragment');
  throws('SyntaxError', () => new WebSocket('ws://a.test', 'a b'), 'token');
  throws('SyntaxError', () => new WebSocket('ws://a.test', ['a', 'a']), 'repeating');
  throws('SyntaxError', () => new WebSocket('ws://a.test', ['echo', 'Echo']), 'repeating');
});

test('it needs a request', () => {
  throws(Error, () => new WebSocket('ws://a.test'), 'global scope');
});

const kFailure = 'Failed to establish the WebSocket connection: ';

socketTest('an answer that opens no WebSocket is an error', async (network) => {
  const good = (key) => `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}`;
  const cases = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 0', '101 (switching protocols), but received 200'],
    ['HTTP/1.1 101 x\r\nConnection: upgrade\r\nSec-WebSocket-Accept: KEY', 'upgrade to websocket'],
    ['HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: upgrade', 'upgrade to websocket'],
    ['HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: close', 'upgrade the connection'],
    [`HTTP/1.1 101 x\r\n${good('AAAA')}`, 'another key'],
    [`HTTP/1.1 101 x\r\n${good('KEY')}\r\nSec-WebSocket-Extensions: x`, 'extension'],
    [`HTTP/1.1 101 x\r\n${good('KEY')}\r\nSec-WebSocket-Protocol: c`, 'was not offered'],
    [`HTTP/1.1 101 x\r\n${good('KEY')}`, 'none of the sub-protocols'],
  ];
  for (const [head, message] of cases) {
    const webSocket = new WebSocket('ws://a.test/', ['a', 'b']);
    const log = record(webSocket);
    const peer = await network.next();
    const { headers } = await receiveRequest(peer);
    same(headers['sec-websocket-protocol'], 'a, b');
    peer.send(`${head.replace('KEY', acceptOf(headers['sec-websocket-key']))}\r\n\r\n`);
    const [error, closed] = await log.take(2);
    ok(error[1].startsWith(kFailure) && error[1].includes(message), error[1]);
    same(closed, ['close', 1006, 'Failed to establish websocket connection', false]);
    same([webSocket.readyState, peer.isClosed], [3, true]);
  }
});

socketTest('an answer that is no HTTP is an error', async (network) => {
  const cases = [
    ['HTTP/1.0 101 x\r\n\r\n', 'not HTTP/1.1'],
    ['ICY 200 OK\r\n\r\n', 'not HTTP/1.1'],
    ['HTTP/1.1 101 x\r\nA b: c\r\n\r\n', 'header that is none'],
    ['HTTP/1.1 101 x\r\n folded: c\r\n\r\n', 'header that is none'],
    ['HTTP/1.1 101 x\r\nA: b\nC: d\r\n\r\n', 'header that is none'],
    [`HTTP/1.1 101 x\r\n${'A: b\r\n'.repeat(101)}\r\n`, '100 headers'],
    ['x'.repeat(16384), '16 KiB'],
    [null, 'it ended'],
  ];
  for (const [head, message] of cases) {
    const log = record(new WebSocket('ws://a.test/'));
    const peer = await network.next();
    await receiveRequest(peer);
    if (head === null) peer.end();
    else peer.send(head);
    const [error] = await log.take(2);
    ok(error[1].includes(message), error[1]);
    same(peer.isClosed, true);
  }
});

socketTest('the server chooses a sub-protocol', async (network) => {
  const webSocket = new WebSocket('ws://a.test/', ['a', 'b']);
  const log = record(webSocket);
  await open(await network.next(), 'Sec-WebSocket-Protocol: b\r\n');
  await log.take(1);
  same(webSocket.protocol, 'b');
});

socketTest('a server that does not answer is left after 30 s', async (network) => {
  const log = record(new WebSocket('ws://a.test/'));
  const begun = performance.now();
  const [error] = await log.take(2);
  same(performance.now() - begun, 30_000);
  ok(error[1].includes('within 30 s'));
  same((await network.next()).isClosed, true);
});

socketTest('a connection that is refused is an error', async (network) => {
  const log = record(new WebSocket('ws://a.test/'));
  (await network.next()).refuse('a connection to a.test:80 failed: Connection refused');
  same((await log.take(2))[0], ['error', 'a connection to a.test:80 failed: Connection refused']);
}, { isSlow: true });

socketTest('a port that the Fetch standard blocks is not connected to', async (network) => {
  const log = record(new WebSocket('ws://a.test:25/'));
  ok((await log.take(2))[0][1].includes('the port of ws://a.test:25'));
  same(network.peers.length, 0);
});

socketTest('while it connects it can be closed and not used', async (network) => {
  const webSocket = new WebSocket('ws://a.test/');
  const log = record(webSocket);
  throws('InvalidStateError', () => webSocket.send('x'), 'CONNECTING');
  throws(TypeError, () => webSocket.accept(), 'cannot call accept');
  webSocket.close();
  same(webSocket.readyState, 2);
  same((await log.take(2)).map((event) => event[0]), ['error', 'close']);
  same([webSocket.readyState, (await network.next()).isClosed], [3, true]);
});
