// @ts-check
// connect() and Socket: snapshot/js/sockets.js, socket_wire.js, socket_address.js.

import { fakeNetwork, latin1 } from './fake_network.js';
import { builtinModule, bytes, dispatch, logs, ok, rejects, same, sleep, test, throws } from './harness.js';

const { connect } = builtinModule('cloudflare:sockets');
const encode = (text) => new TextEncoder().encode(text);

/** Runs `body` in a request, where sockets may be opened. */
function inRequest(body) {
  return dispatch({}, async () => {
    await body();
    return new Response();
  });
}

/** A test in a request, with a network whose connections are accepted at once, or not at all. */
function socketTest(name, body, network = {}) {
  test(name, () => inRequest(() => body(fakeNetwork(network))));
}
const slow = { isSlow: true };

async function readAll(readable) {
  let text = '';
  for await (const chunk of readable) text += latin1(chunk);
  return text;
}

socketTest('bytes go both ways', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  same([peer.host, peer.port, peer.isTls], ['db.test', 5432, false]);
  same(await socket.opened, { remoteAddress: 'db.test:5432', localAddress: undefined });
  const writer = socket.writable.getWriter();
  await writer.write(encode('hello '));
  await writer.write(new Uint8Array(encode('..you')).subarray(2));
  await writer.write(encode('!').buffer);
  same(peer.received, 'hello you!');
  const reader = socket.readable.getReader();
  peer.send('and you');
  same(latin1((await reader.read()).value), 'and you');
  same(socket.secureTransport, 'off');
  same(socket.upgraded, false);
});

socketTest('the module has connect() and nothing else', () => {
  same(Object.keys(builtinModule('cloudflare:sockets')), ['connect']);
  same(callIt('cloudflare:nothing'), undefined);
  same(connect.name, 'connect');
  same(connect.length, 1);
  function callIt(name) {
    try {
      return builtinModule(name);
    } catch {
      return undefined;
    }
  }
});

test('a socket needs a request', () => {
  throws(Error, () => connect('db.test:5432'), 'global scope');
});

socketTest('an address is a string or a record', async (network) => {
  const cases = [
    ['Example.COM:80', 'example.com', 80],
    ['127.1:9', '127.0.0.1', 9],
    ['[::1]:443', '::1', 443],
    ['[2001:DB8:0::1]:1', '2001:db8::1', 1],
    [{ hostname: 'a_b.test', port: 65535 }, 'a_b.test', 65535],
    [{ hostname: '::ffff:1.2.3.4', port: 2 }, '::ffff:102:304', 2],
    [{ hostname: '[::1]', port: '7' }, '::1', 7],
  ];
  for (const [address, host, port] of cases) {
    connect(address);
    const peer = await network.next();
    same([peer.host, peer.port], [host, port]);
  }
});

socketTest('a bad address is refused by name', () => {
  const cases = [
    ['', 'missing hostname'],
    [':80', 'missing hostname'],
    ['db.test', 'missing port'],
    ['db.test:', 'missing port'],
    ['db.test:65536', 'could not be parsed'],
    ['http://db.test:80', 'could not be parsed'],
    ['user@db.test:80', 'unsupported characters'],
    ['db.test/x:80', 'unsupported characters'],
    ['db\u00e9.test:80', 'unsupported characters'],
    [`${'a'.repeat(260)}:80`, 'too long'],
    ['256.1.1.1:80', 'could not be parsed'],
    [{ hostname: '', port: 80 }, 'could not be parsed'],
    [{ hostname: 'a b', port: 80 }, 'unsupported characters'],
    [{ port: 80 }, 'hostname'],
    [{ hostname: 'db.test' }, 'range'],
    [{ hostname: 'db.test', port: 65536 }, 'range'],
  ];
  for (const [address, message] of cases) throws(TypeError, () => connect(address), message);
  throws(TypeError, () => connect(), '1 argument required');
});

socketTest('options are checked', () => {
  const options = (value) => () => connect('db.test:1', value);
  throws(TypeError, options({ secureTransport: 'tls' }), 'secureTransport socket option: tls');
  throws(TypeError, options('on'), 'SocketOptions');
  throws(TypeError, () => new (/** @type {any} */ (connect('db.test:1').constructor))());
});

socketTest('secureTransport on asks for TLS', async (network) => {
  const socket = connect('db.test:443', { secureTransport: 'on' });
  same((await network.next()).isTls, true);
  same(socket.secureTransport, 'on');
  throws(TypeError, () => socket.startTls(), 'Cannot startTls on a TLS socket.');
});

socketTest('what is written before it is open arrives when it is', async (network) => {
  const socket = connect('db.test:5432');
  const writer = socket.writable.getWriter();
  const written = writer.write(encode('early'));
  const peer = await network.next();
  await sleep(1);
  same(peer.received, '');
  peer.accept();
  await written;
  same(peer.received, 'early');
}, slow);

socketTest('a refused connection rejects everything', async (network) => {
  const socket = connect('db.test:5432');
  const reading = socket.readable.getReader().read();
  const writing = socket.writable.getWriter().write(encode('x'));
  (await network.next()).refuse('a connection to db.test:5432 failed: Connection refused');
  for (const promise of [socket.opened, socket.closed, reading, writing]) {
    await rejects(Error, promise, 'db.test:5432 failed: Connection refused');
  }
  same(await socket.close(), undefined);
  same(logs(), []);
}, slow);

socketTest('at a port of HTTP a failure suggests fetch()', async (network) => {
  const socket = connect('db.test:443');
  (await network.next()).refuse('a connection to db.test:443 failed: timed out');
  await rejects(Error, socket.opened, 'HTTP-based service \u2014 consider using fetch instead');
}, slow);

socketTest('a large chunk is written in pieces, each when there is room', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  await socket.opened;
  peer.stall();
  const writer = socket.writable.getWriter();
  const written = writer.write(new Uint8Array(100_000).fill(97));
  await sleep(1);
  same([peer.received.length, peer.writes], [32768, 1]);
  same(writer.desiredSize, 0);
  peer.resume();
  await written;
  same(peer.received, 'a'.repeat(100_000));
  same(peer.writes, 4);
});

socketTest('a chunk that is no bytes is refused', async (network) => {
  const socket = connect('db.test:5432');
  await network.next();
  await rejects(TypeError, socket.writable.getWriter().write('text'), 'TextEncoder');
  const other = connect('db.test:5432');
  await rejects(TypeError, other.writable.getWriter().write({}), 'non-ArrayBuffer');
});

socketTest('nothing is read that nobody asks for', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  await socket.opened;
  await sleep(1);
  same(peer.isReading, false);
  const reader = socket.readable.getReader();
  peer.send('one');
  peer.send('two');
  same(latin1((await reader.read()).value), 'one');
  await sleep(1);
  same(peer.isReading, false);
  same(latin1((await reader.read()).value), 'two');
});

socketTest('a BYOB reader gets its own buffer filled', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  const reader = socket.readable.getReader({ mode: 'byob' });
  peer.send('abcdef');
  const first = await reader.read(new Uint8Array(4));
  same([latin1(first.value), first.value.buffer.byteLength], ['abcd', 4]);
  same(latin1((await reader.read(new Uint8Array(4))).value), 'ef');
  peer.end();
  same((await reader.read(new Uint8Array(4))).done, true);
});

socketTest('the peer\'s end is ours, once what was written is sent', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  const writer = socket.writable.getWriter();
  await socket.opened;
  peer.stall();
  const written = writer.write(encode('last'));
  peer.send('bye');
  peer.end();
  same(await readAll(socket.readable), 'bye');
  await sleep(1);
  same([peer.hasEnded, peer.isClosed], [false, false]);
  peer.resume();
  await written;
  await socket.closed;
  same([peer.received, peer.hasEnded, peer.isClosed], ['last', true, true]);
  await rejects(TypeError, writer.write(encode('x')));
});

socketTest('with allowHalfOpen writing goes on after the peer\'s end', async (network) => {
  const socket = connect('db.test:5432', { allowHalfOpen: true });
  const peer = await network.next();
  peer.end();
  same(await readAll(socket.readable), '');
  const writer = socket.writable.getWriter();
  await writer.write(encode('still here'));
  same([peer.received, peer.hasEnded], ['still here', false]);
  await writer.close();
  await socket.closed;
  same([peer.hasEnded, peer.isClosed], [true, true]);
});

socketTest('closing the writable ends our side only', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  await socket.writable.close();
  same([peer.hasEnded, peer.isClosed], [true, false]);
  peer.send('answer');
  peer.end();
  same(await readAll(socket.readable), 'answer');
  await socket.closed;
  same(peer.isClosed, true);
});

socketTest('a broken connection rejects everything', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  const reading = socket.readable.getReader().read();
  await socket.opened;
  peer.stall();
  const writing = socket.writable.getWriter().write(encode('x'));
  await peer.until(() => peer.isReading);
  peer.break('Connection reset by peer');
  await rejects(Error, reading, 'Connection reset by peer');
  await rejects(Error, socket.closed, 'Connection reset by peer');
  await rejects(Error, writing);
  same([peer.isClosed, logs()], [true, []]);
});

socketTest('close() sends what was written, and ends the reading', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  const reading = socket.readable.getReader().read();
  socket.writable.getWriter().write(encode('last'));
  const closing = socket.close();
  same(await closing, undefined);
  same([peer.received, peer.hasEnded, peer.isClosed], ['last', true, true]);
  same(await reading, { value: undefined, done: true });
  same(await socket.closed, undefined);
  same(await socket.close(), undefined);
  throws(TypeError, () => socket.startTls(), 'closed before startTls');
});

socketTest('aborting the writable breaks the connection', async (network) => {
  const socket = connect('db.test:5432');
  const peer = await network.next();
  const reason = new Error('enough');
  const reading = socket.readable.getReader().read();
  await socket.opened;
  await socket.writable.abort(reason);
  same(peer.isClosed, true);
  await rejects(reason, socket.closed);
  await rejects(reason, reading);
});

socketTest('startTls() goes on inside TLS after plain bytes', async (network) => {
  const socket = connect('db.test:5432', { secureTransport: 'starttls' });
  const peer = await network.next();
  const writer = socket.writable.getWriter();
  const reader = socket.readable.getReader();
  await writer.write(encode('SSL?'));
  peer.send('S');
  same(latin1((await reader.read()).value), 'S');
  writer.releaseLock();
  reader.releaseLock();

  const secure = socket.startTls({ servername: 'ignored' });
  const later = secure.writable.getWriter();
  const written = later.write(encode('inside'));
  await socket.closed;
  same([socket.upgraded, socket.secureTransport], [true, 'starttls']);
  same([secure.upgraded, secure.secureTransport], [false, 'on']);
  await peer.until(() => peer.securedFor !== undefined);
  same([peer.securedFor, peer.received, peer.hasEnded], ['db.test', 'SSL?', false]);
  peer.accept();
  await written;
  same(await secure.opened, { remoteAddress: 'db.test:5432', localAddress: undefined });
  same(peer.received, 'SSL?inside');
  peer.send('answer');
  same(latin1((await secure.readable.getReader().read()).value), 'answer');
  same(peer.isClosed, false);
  throws(TypeError, () => socket.startTls(), 'startTls has already been called');
  throws(TypeError, () => secure.startTls(), 'Cannot startTls on a TLS socket.');
});

socketTest('startTls() waits for what was written before it', async (network) => {
  const socket = connect('db.test:5432', { secureTransport: 'starttls' });
  const peer = await network.next();
  await socket.opened;
  peer.stall();
  socket.writable.getWriter().write(encode('plain'));
  socket.startTls({ expectedServerHostname: 'other.test' });
  await sleep(1);
  same(peer.securedFor, undefined);
  peer.resume();
  await peer.until(() => peer.securedFor !== undefined);
  same([peer.received, peer.securedFor], ['plain', 'other.test']);
});

socketTest('startTls() gives up a read that waits', async (network) => {
  const socket = connect('db.test:5432', { secureTransport: 'starttls' });
  const peer = await network.next();
  const reading = socket.readable.getReader().read();
  await peer.until(() => peer.isReading);
  const secure = socket.startTls();
  same(await reading, { value: undefined, done: true });
  await peer.until(() => peer.securedFor !== undefined);
  peer.accept();
  await secure.opened;
  same(logs(), []);
});

socketTest('a failed handshake rejects the new socket', async (network) => {
  const socket = connect('db.test:5432', { secureTransport: 'starttls' });
  const peer = await network.next();
  const secure = socket.startTls();
  const reading = secure.readable.getReader().read();
  await peer.until(() => peer.securedFor !== undefined);
  peer.refuse('TLS with db.test:5432 failed');
  for (const promise of [secure.opened, secure.closed, reading]) {
    await rejects(Error, promise, 'TLS with db.test:5432 failed');
  }
  same(peer.isClosed, true);
});

socketTest('startTls() is for sockets that were made for it', async (network) => {
  const socket = connect('db.test:5432');
  await network.next();
  throws(TypeError, () => socket.startTls(), "must be set to 'starttls'");
});

socketTest('highWaterMark counts bytes', async (network) => {
  const socket = connect('db.test:5432', { highWaterMark: 10 });
  const peer = await network.next();
  await socket.opened;
  peer.stall();
  const writer = socket.writable.getWriter();
  same(writer.desiredSize, 10);
  writer.write(bytes(1, 2, 3));
  same(writer.desiredSize, 7);
});

socketTest('a socket is printed without its secrets', async (network) => {
  const socket = connect('db.test:5432', { secureTransport: 'starttls' });
  await network.next();
  console.log(socket);
  ok(logs()[0].line.includes("secureTransport: 'starttls'"), logs()[0].line);
});

socketTest('patched globals change nothing', async (network) => {
  const fail = () => {
    throw new Error('patched');
  };
  const socket = connect('db.test:5432', { secureTransport: 'starttls' });
  const peer = await network.next();
  await socket.opened;
  const reader = socket.readable.getReader();
  const writer = socket.writable.getWriter();
  const text = encode('x'.repeat(50_000));
  URL.parse = fail;
  Object.defineProperty(URL.prototype, 'hostname', { get: fail });
  RegExp.prototype.exec = fail;
  Uint8Array.prototype.subarray = fail;
  await writer.write(text);
  const other = connect('db.test:1');
  same(typeof other, 'object');
  peer.send('y');
  same((await reader.read()).value.length, 1);
});
