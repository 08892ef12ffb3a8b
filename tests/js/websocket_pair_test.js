// @ts-check
// WebSocketPair: snapshot/js/websocket/pair.js, pair_link.js.

import { record } from './fake_web_socket_server.js';
import { bytes, logs, ok, same, sleep, test, throws } from './harness.js';

/** Both ends, accepted, with their events. */
function accepted() {
  const [a, b] = Object.values(new WebSocketPair());
  const result = { a, b, ofA: record(a), ofB: record(b) };
  a.binaryType = b.binaryType = 'arraybuffer';
  a.accept();
  b.accept();
  return result;
}

test('it has two ends, by number and in order', () => {
  const pair = new WebSocketPair();
  same(Object.keys(pair), ['0', '1']);
  same([...pair].map((end, i) => end === pair[i]), [true, true]);
  const { 0: client, 1: server } = pair;
  ok(client instanceof WebSocket && server instanceof WebSocket && client !== server);
  same([client.readyState, client.url, client.protocol], [WebSocket.OPEN, null, '']);
});

test('messages go both ways, in their order', async () => {
  const { a, b, ofA, ofB } = accepted();
  a.send('one');
  a.send(bytes(1, 2));
  a.send('three');
  b.send('back');
  same(ofB.events, []);
  same(await ofB.take(3), [['message', 'one'], ['message', bytes(1, 2).buffer], ['message', 'three']]);
  same(await ofA.take(1), [['message', 'back']]);
});

test('bytes are copied when they are sent', async () => {
  const { a, ofB } = accepted();
  const sent = bytes(1, 2);
  a.send(sent);
  sent[0] = 9;
  same(await ofB.take(1), [['message', bytes(1, 2).buffer]]);
});

test('bytes and blobs arrive as blobs, unless asked for as buffers', async () => {
  const { a, b, ofB } = accepted();
  b.binaryType = 'blob';
  const sent = bytes(1, 2);
  a.send(sent);
  sent[0] = 9;
  a.send(new Blob(['ab'], { type: 'text/plain' }));
  const [first, second] = (await ofB.take(2)).map((event) => event[1]);
  ok(first instanceof Blob && second instanceof Blob);
  same([first.type, await first.bytes()], ['', bytes(1, 2)]);
  same([second.type, await second.text()], ['', 'ab']);
  b.binaryType = 'arraybuffer';
  a.send(new Blob(['ab']));
  same(await ofB.take(1), [['message', bytes(97, 98).buffer]]);
});

test('a server says why it closes', async () => {
  for (const code of [1001, 1011, 1012, 2999, 4999]) {
    const { a, ofB } = accepted();
    a.close(code, 'why');
    same(await ofB.take(1), [['close', code, 'why', true]]);
  }
});

test('what arrives before accept() waits for it', async () => {
  const [a, b] = Object.values(new WebSocketPair());
  const ofB = record(b);
  a.accept();
  a.send('early');
  a.close(1000, 'done');
  await sleep(1);
  same(ofB.events, []);
  b.accept();
  same(await ofB.take(2), [['message', 'early'], ['close', 1000, 'done', true]]);
});

test('nothing is sent or closed before accept()', () => {
  const [a] = Object.values(new WebSocketPair());
  throws(TypeError, () => a.send('x'), 'You must call accept()');
  throws(TypeError, () => a.close(), 'You must call accept()');
  a.accept();
  a.accept();
  a.send('x');
});

test('closing one end closes the other', async () => {
  const { a, b, ofA, ofB } = accepted();
  a.send('last');
  a.close(4000, 'b\u00ffe');
  same([a.readyState, b.readyState], [2, 1]);
  throws(TypeError, () => a.send('x'), 'after close()');
  same(await ofB.take(2), [['message', 'last'], ['close', 4000, 'b\u00ffe', true]]);
  same(await ofA.take(1), [['close', 4000, 'b\u00ffe', true]]);
  same([a.readyState, b.readyState], [3, 3]);
  b.send('nobody hears this');
  b.close();
  await sleep(1);
  same([ofA.events, ofB.events, logs()], [[], [], []]);
});

test('both ends may close at once', async () => {
  const { a, b, ofA, ofB } = accepted();
  a.close(4001);
  b.close(4002);
  same(await ofA.take(1), [['close', 4002, '', true]]);
  same(await ofB.take(1), [['close', 4001, '', true]]);
});

test('a listener that closes ends the messages', async () => {
  const { a, b, ofB } = accepted();
  b.addEventListener('message', () => b.close());
  a.send('one');
  a.send('two');
  await sleep(1);
  same(ofB.events, [['message', 'one'], ['close', 1005, '', true]]);
});

test('patched globals change nothing', async () => {
  const fail = () => {
    throw new Error('patched');
  };
  const { a, ofB } = accepted();
  const iterate = Array.prototype[Symbol.iterator];
  Promise.prototype.then = fail;
  Array.prototype[Symbol.iterator] = fail;
  EventTarget.prototype.dispatchEvent = fail;
  a.send('x');
  Array.prototype[Symbol.iterator] = iterate;
  await undefined;
  await undefined;
  same(ofB.events, [['message', 'x']]);
});
