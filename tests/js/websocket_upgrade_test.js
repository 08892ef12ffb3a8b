// @ts-check
// A WebSocket by way of fetch(), and a Response that has one: snapshot/js/websocket/upgrade.js.

import { fakeNetwork } from './fake_network.js';
import {
  acceptOf,
  expectFrame,
  frame,
  open,
  receiveRequest,
  record,
  socketTest,
} from './fake_web_socket_server.js';
import { dispatch, outbound, rejects, same, sleep, test, throws } from './harness.js';

const kUpgrade = { Upgrade: 'websocket' };

socketTest('fetch() opens a WebSocket, which waits to be accepted', async (network) => {
  const seen = outbound(() => ({}));
  const headers = {
    Upgrade: 'WebSocket',
    Authorization: 'Bearer x',
    'Sec-WebSocket-Protocol': 'a, b',
    'Sec-WebSocket-Key': 'mine',
    Host: 'other',
  };
  const fetching = fetch('https://a.test/chat?x#y', { headers });
  const peer = await network.next();
  same([peer.host, peer.port, peer.isTls], ['a.test', 443, true]);
  const request = await open(peer, 'Sec-WebSocket-Protocol: b\r\nSet-Cookie: c\r\n');
  same(request.line, 'GET /chat?x HTTP/1.1');
  const { host, authorization, 'sec-websocket-protocol': offered } = request.headers;
  same([host, authorization, offered], ['a.test', 'Bearer x', 'a, b']);
  same(request.headers['sec-websocket-key'] === 'mine', false);
  const response = await fetching;
  same([response.status, response.statusText, response.body], [101, 'Switching Protocols', null]);
  same([response.headers.get('set-cookie'), response.url], ['c', 'https://a.test/chat?x']);
  const { webSocket } = response;
  same([webSocket.protocol, webSocket.readyState], ['b', WebSocket.OPEN]);
  throws(TypeError, () => webSocket.send('x'), 'You must call accept()');
  peer.send(frame(0x81, 'early'));
  await sleep(1);
  same(peer.isReading, false);
  const log = record(webSocket);
  webSocket.accept();
  same(await log.take(1), [['message', 'early']]);
  webSocket.send('hello');
  await expectFrame(peer, 0x81, 'hello');
  same(seen.length, 0);
});

socketTest('a server that refuses gives an ordinary response without its body', async (network) => {
  const fetching = fetch('http://a.test/', { headers: kUpgrade });
  const peer = await network.next();
  await receiveRequest(peer);
  peer.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Why: because\r\n\r\nno');
  const response = await fetching;
  same([response.status, response.webSocket], [403, null]);
  same([...response.headers], [['x-why', 'because']]);
  same([await response.text(), peer.isClosed], ['', true]);
});

socketTest('what is no WebSocket in spite of its status fails', async (network) => {
  const fetching = fetch('http://a.test/', { headers: kUpgrade });
  const peer = await network.next();
  const { headers } = await receiveRequest(peer);
  same(acceptOf(headers['sec-websocket-key']).length, 28);
  peer.send('HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n');
  await rejects(TypeError, fetching, 'answered another key');
  same(peer.isClosed, true);
});

socketTest('what is of the connection, or for a proxy, is not sent', async (network) => {
  const dropped = {
    'Content-Length': '5',
    Expect: '100-continue',
    'Keep-Alive': 'x',
    'Proxy-Authorization': 'Basic x',
    'Proxy-Connection': 'keep-alive',
    'Sec-WebSocket-Accept': 'x',
    'Sec-WebSocket-Extensions': 'permessage-deflate',
    TE: 'trailers',
    Trailer: 'x',
    'Transfer-Encoding': 'chunked',
    'X-Hop': 'named by Connection',
  };
  const headers = { ...kUpgrade, Connection: 'Upgrade, x-hop', 'X-End': 'kept', ...dropped };
  fetch('http://a.test/', { headers }).catch(() => {});
  const sent = (await receiveRequest(await network.next())).headers;
  for (const name of Object.keys(dropped)) same(sent[name.toLowerCase()], undefined, name);
  same([sent.connection, sent['x-end'], sent.host], ['Upgrade', 'kept', 'a.test']);
});

socketTest('a status that is none fails the handshake', async (network) => {
  for (const status of ['000', '099', '600', '999']) {
    const fetching = fetch('http://a.test/', { headers: kUpgrade });
    const peer = await network.next();
    await receiveRequest(peer);
    peer.send(`HTTP/1.1 ${status} x\r\n\r\n`);
    await rejects(TypeError, fetching, `there is no status ${status}`);
    same(peer.isClosed, true);
  }
});

socketTest('up to 8 interim answers are passed over', async (network) => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n';
  const fetching = fetch('http://a.test/', { headers: kUpgrade });
  const peer = await network.next();
  // Cut in the middle of one.
  peer.send(early.repeat(6) + early.slice(0, 9));
  peer.send(`${early.slice(9)}HTTP/1.1 100 Continue\r\n\r\n`);
  await open(peer);
  const response = await fetching;
  same([response.status, response.headers.get('link')], [101, null]);
  response.webSocket.accept();
  const log = record(response.webSocket);
  peer.send(frame(0x81, 'x'));
  same(await log.take(1), [['message', 'x']]);

  const refused = fetch('http://a.test/', { headers: kUpgrade });
  const other = await network.next();
  await receiveRequest(other);
  other.send(`${early.repeat(8)}HTTP/1.1 404 x\r\n\r\n`);
  same((await refused).status, 404);

  const failed = fetch('http://a.test/', { headers: kUpgrade });
  const third = await network.next();
  await receiveRequest(third);
  third.send(`${early.repeat(9)}HTTP/1.1 404 x\r\n\r\n`);
  await rejects(TypeError, failed, 'more than 8 interim');
  same(third.isClosed, true);
});

socketTest('a signal gives the handshake up', async (network) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const fetching = fetch('http://a.test/', { headers: kUpgrade, signal: controller.signal });
  const peer = await network.next();
  await receiveRequest(peer);
  controller.abort(reason);
  await rejects(reason, fetching);
  same(peer.isClosed, true);
  const { signal } = controller;
  await rejects(reason, fetch('http://a.test/', { headers: kUpgrade, signal }));
  same(network.peers.length, 1);
});

const isFrom = (peer) => [peer.host, peer.port, peer.isTls];
const leadsTo = (location, status = 302) =>
  `HTTP/1.1 ${status} x\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;

socketTest('a redirect of a handshake is followed', async (network) => {
  const headers = { ...kUpgrade, Authorization: 'Bearer x', 'Sec-WebSocket-Protocol': 'b' };
  const fetching = fetch('http://a.test/', { headers });
  const first = await network.next();
  same((await receiveRequest(first)).headers.authorization, 'Bearer x');
  first.send(leadsTo('/there?x#y', 303));
  const second = await network.next();
  same([isFrom(second), first.isClosed], [['a.test', 80, false], true]);
  const again = await receiveRequest(second);
  same([again.line, again.headers.authorization], ['GET /there?x HTTP/1.1', 'Bearer x']);
  second.send(leadsTo('https://b.test/', 308));
  const third = await network.next();
  same([isFrom(third), second.isClosed], [['b.test', 443, true], true]);
  const request = await open(third, 'Sec-WebSocket-Protocol: b\r\n');
  const { authorization, 'sec-websocket-protocol': offered } = request.headers;
  same([authorization, offered], [undefined, 'b']);
  const response = await fetching;
  same([response.status, response.webSocket.protocol], [101, 'b']);
  same([response.url, response.redirected], ['https://b.test/', true]);
});

socketTest('redirects of a handshake come to an end', async (network) => {
  const fetching = fetch('http://a.test/', { headers: kUpgrade });
  for (let i = 0; i <= 20; i++) {
    const peer = await network.next();
    await receiveRequest(peer);
    peer.send(leadsTo('/'));
  }
  await rejects(TypeError, fetching, 'more than 20 redirects');
  const other = fetch('http://a.test/', { headers: kUpgrade });
  const peer = await network.next();
  await receiveRequest(peer);
  peer.send(leadsTo('ftp://a.test/'));
  await rejects(TypeError, other, 'leads to a ftp: URL');
});

socketTest("`redirect` says what becomes of a handshake's redirect", async (network) => {
  const fetching = fetch('http://a.test/', { headers: kUpgrade, redirect: 'error' });
  const peer = await network.next();
  await receiveRequest(peer);
  peer.send(leadsTo('/x'));
  await rejects(TypeError, fetching, "`redirect` is 'error'");
  same(peer.isClosed, true);
  const manual = fetch('http://a.test/', { headers: kUpgrade, redirect: 'manual' });
  const other = await network.next();
  await receiveRequest(other);
  other.send(leadsTo('/x'));
  const { status, headers, webSocket, redirected } = await manual;
  same([status, headers.get('location'), webSocket, redirected], [302, '/x', null, false]);
});

socketTest('a signal gives up a redirected handshake', async (network) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const fetching = fetch('http://a.test/', { headers: kUpgrade, signal: controller.signal });
  const first = await network.next();
  await receiveRequest(first);
  first.send(leadsTo('/x'));
  const second = await network.next();
  controller.abort(reason);
  await rejects(reason, fetching);
  same(second.isClosed, true);
});

socketTest('a WebSocket is asked for with GET and without a body', async (network) => {
  for (const init of [{ method: 'POST', body: 'x' }, { method: 'PUT' }, { method: 'HEAD' }]) {
    const fetching = fetch('http://a.test/', { ...init, headers: kUpgrade });
    await rejects(TypeError, fetching, `with GET, not with ${init.method}`);
  }
  const withBody = fetch('http://a.test/', { body: 'x', headers: kUpgrade });
  await rejects(TypeError, withBody, 'cannot have body');
  same(network.peers.length, 0);
});

test('without a request there is no WebSocket', async () => {
  fakeNetwork();
  await rejects(Error, fetch('http://a.test/', { headers: kUpgrade }), 'global scope');
});

test('a Response takes a WebSocket with status 101 only', () => {
  const [client] = Object.values(new WebSocketPair());
  const response = new Response(null, { status: 101, webSocket: client });
  same([response.status, response.webSocket === client, response.body], [101, true, null]);
  same(new Response('x').webSocket, null);
  same(new Response(null, { webSocket: null }).webSocket, null);
  throws(RangeError, () => new Response(null, { webSocket: client }), 'status code 101');
  throws(RangeError, () => new Response(null, { status: 200, webSocket: client }), 'code 101');
  throws(RangeError, () => new Response(null, { status: 101 }), '[200, 599]');
  throws(TypeError, () => new Response(null, { status: 101, webSocket: {} }), 'WebSocket');
  throws(TypeError, () => new Response('x', { status: 101, webSocket: client }), 'cannot have body');
  throws(TypeError, () => response.clone(), 'Cannot clone');
});

test('a WebSocket cannot be handed to a client, which is said', async () => {
  const handler = () => {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    return new Response(null, { status: 101, webSocket: client });
  };
  await rejects(TypeError, dispatch({}, handler), 'cannot be handed to a client');
});
