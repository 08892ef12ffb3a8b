// @ts-check
// The client's WebSocket once it is open: snapshot/js/websocket/.

import {
  close,
  expectFrame,
  frame,
  open,
  opened,
  receiveFrame,
  record,
  socketTest,
} from './fake_web_socket_server.js';
import { bytes, logs, ok, same, sleep, test, throws } from './harness.js';

socketTest('messages go both ways', async (network) => {
  const { webSocket, peer, log } = await opened(network);
  webSocket.binaryType = 'arraybuffer';
  webSocket.send('h\u00e9llo');
  await expectFrame(peer, 0x81, 'h\u00c3\u00a9llo');
  webSocket.send(bytes(0, 255, 7));
  await expectFrame(peer, 0x82, '\u0000\u00ff\u0007');
  webSocket.send(new Uint16Array([0x4241]).buffer);
  await expectFrame(peer, 0x82, 'AB');
  webSocket.send(new DataView(bytes(1, 65, 66, 1).buffer, 1, 2));
  await expectFrame(peer, 0x82, 'AB');
  webSocket.send(new Blob(['A', 'B']));
  await expectFrame(peer, 0x82, 'AB');
  webSocket.send('');
  await expectFrame(peer, 0x81, '');
  peer.send(frame(0x81, 'gr\u00c3\u00bc\u00c3\u009fe'));
  peer.send(frame(0x82, '\u0001\u0002'));
  peer.send(frame(0x81));
  same(await log.take(3), [
    ['message', 'gr\u00fc\u00dfe'],
    ['message', bytes(1, 2).buffer],
    ['message', ''],
  ]);
});

socketTest('each frame has a mask of its own', async (network) => {
  const { webSocket, peer } = await opened(network);
  const masks = new Set();
  for (let i = 0; i < 20; i++) {
    webSocket.send('x');
    masks.add((await receiveFrame(peer)).mask);
  }
  ok(masks.size > 15, `only ${masks.size} masks`);
});

socketTest('a long message comes and goes whole', async (network) => {
  const { webSocket, peer, log } = await opened(network);
  for (const size of [125, 126, 65535, 65536, 300_000]) {
    const text = 'abcdefg'.repeat(size / 7 + 1).slice(0, size);
    webSocket.send(text);
    let received = '';
    let last = 0;
    while ((last & 0x80) === 0) {
      const { first, payload } = await receiveFrame(peer);
      same(first & 0x0f, received === '' ? 1 : 0);
      received += payload;
      last = first;
    }
    ok(received === text, `${size} bytes out`);
    peer.send(frame(0x81, text));
    const [[, data]] = await log.take(1);
    ok(data === text, `${size} bytes in`);
  }
  same(webSocket.bufferedAmount, 0);
});

socketTest('bytes may arrive one by one, with the head as well', async (network) => {
  const webSocket = new WebSocket('ws://a.test/');
  const log = record(webSocket);
  const peer = await network.next();
  const chunks = [];
  const wire = { receive: (end) => peer.receive(end), send: (text) => chunks.push(text) };
  await open(wire);
  for (const c of chunks.join('')) peer.send(c);
  for (const c of frame(0x81, 'slow')) peer.send(bytes(c));
  for (const c of frame(0x82, 'x'.repeat(200))) peer.send(bytes(c));
  same((await log.take(3)).map((event) => event[0]), ['open', 'message', 'message']);
});

socketTest('frames that come with the head are not lost', async (network) => {
  const webSocket = new WebSocket('ws://a.test/');
  const log = record(webSocket);
  const peer = await network.next();
  let head = '';
  await open({ receive: (end) => peer.receive(end), send: (text) => (head = text) });
  peer.send(`${head}\u0081\u0002hi`);
  same(await log.take(2), [['open', 1], ['message', 'hi']]);
});

socketTest('a message comes in fragments, with control frames between them', async (network) => {
  const { peer, log } = await opened(network);
  peer.send(frame(0x01, 'gr\u00c3'));
  peer.send(frame(0x89, 'ping'));
  await expectFrame(peer, 0x8a, 'ping');
  peer.send(frame(0x00, ''));
  peer.send(frame(0x8a, 'unasked'));
  peer.send(frame(0x80, '\u00bcn'));
  same(await log.take(1), [['message', 'gr\u00fcn']]);
});

socketTest('a flood of pings is answered with the latest only', async (network) => {
  const { peer } = await opened(network);
  peer.stall();
  for (let i = 0; i < 100; i++) peer.send(frame(0x89, `${i}`));
  await peer.until(() => peer.received.length > 0);
  await sleep(1);
  peer.resume();
  await expectFrame(peer, 0x8a, '0');
  await expectFrame(peer, 0x8a, '99');
  await sleep(1);
  same(peer.received, '');
});

socketTest('what breaks the protocol ends the connection', async (network) => {
  const cases = [
    ['reserved bit', frame(0xc1, 'x'), 1002],
    ['opcode 3', frame(0x83, 'x'), 1002],
    ['masked', bytes(0x81, 0x81, 1, 2, 3, 4, 5), 1002],
    ['to be continued', frame(0x80, 'x'), 1002],
    ['control frame', frame(0x09, 'x'), 1002],
    ['control frame', frame(0x89, 'x'.repeat(126)), 1002],
    ['UTF-8', frame(0x81, '\u00c3('), 1007],
    ['bad code', frame(0x88, 'x'), 1002],
    ['bad code', close(1005), 1002],
    ['bad code', close(2999), 1002],
    ['UTF-8', close(1000, '\u00c3('), 1007],
    ['larger than 32 MiB', bytes(0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0), 1009],
    ['larger than 32 MiB', bytes(0x82, 127, 0, 0, 0, 0, 2, 0, 0, 1), 1009],
  ];
  for (const [message, sent, code] of cases) {
    const { webSocket, peer, log } = await opened(network);
    peer.send(sent);
    const [error, closed] = await log.take(2);
    ok(error[1].includes(message), `${error[1]} has ${message}`);
    same([error[0], closed], ['error', ['close', 1006, '', false]]);
    await expectFrame(peer, 0x88, String.fromCharCode(code >> 8, code & 255));
    same([webSocket.readyState, peer.isClosed], [3, true]);
  }
  const { peer, log } = await opened(network);
  peer.send(frame(0x01, 'x'));
  peer.send(frame(0x01, 'x'));
  ok((await log.take(2))[0][1].includes('inside another'));
});

socketTest('the whole of a fragmented message is bounded', async (network) => {
  const { peer, log } = await opened(network);
  const quarter = new Uint8Array(8 << 20);
  peer.send(frame(0x02, quarter));
  for (let i = 0; i < 3; i++) peer.send(frame(0x00, quarter));
  peer.send(frame(0x80, 'x'));
  ok((await log.take(2))[0][1].includes('32 MiB'));
});

socketTest('the server closes, and is answered', async (network) => {
  const { webSocket, peer, log } = await opened(network);
  peer.send(close(4001, 'gr\u00c3\u00bcn'));
  await expectFrame(peer, 0x88, '\u000f\u00a1');
  same(await log.take(1), [['close', 4001, 'gr\u00fcn', true]]);
  await peer.until(() => peer.isClosed);
  same([webSocket.readyState, peer.hasEnded], [3, true]);
  webSocket.send('nobody hears this');
  webSocket.close();
  same(peer.received, '');
});

socketTest('a close frame without a code is 1005', async (network) => {
  const { peer, log } = await opened(network);
  peer.send(frame(0x88));
  await expectFrame(peer, 0x88, '');
  same(await log.take(1), [['close', 1005, '', true]]);
});

socketTest('we close, after what was sent before', async (network) => {
  const { webSocket, peer, log } = await opened(network);
  webSocket.send('last');
  webSocket.close(3000, 'b\u00ffe');
  same(webSocket.readyState, 2);
  throws(TypeError, () => webSocket.send('x'), 'after close()');
  webSocket.close();
  await expectFrame(peer, 0x81, 'last');
  await expectFrame(peer, 0x88, '\u000b\u00b8b\u00c3\u00bfe');
  peer.send(frame(0x81, 'too late'));
  peer.send(close(3000));
  same(await log.take(1), [['close', 3000, '', true]]);
  same([webSocket.readyState, peer.received], [3, '']);
});

socketTest('a server that does not answer the closing is left after 10 s', async (network) => {
  const { webSocket, peer, log } = await opened(network);
  const begun = performance.now();
  webSocket.close();
  const [error, closed] = await log.take(2);
  same(performance.now() - begun, 10_000);
  same([error[0], closed], ['error', ['close', 1006, '', false]]);
  same(peer.isClosed, true);
});

socketTest('a connection that ends without a close frame is 1006', async (network) => {
  const { webSocket, peer, log } = await opened(network);
  peer.end();
  const reason = 'WebSocket disconnected without sending Close frame.';
  same(await log.take(1), [['close', 1006, reason, false]]);
  same([webSocket.readyState, peer.isClosed], [3, true]);
});

socketTest('a connection that breaks is an error, too', async (network) => {
  const { peer, log } = await opened(network);
  peer.break('Connection reset by peer');
  same(await log.take(2), [['error', 'Connection reset by peer'], ['close', 1006, '', false]]);
});

socketTest('bad arguments of close() change nothing', async (network) => {
  const { webSocket } = await opened(network);
  for (const code of [999, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 5000, -1]) {
    throws('InvalidAccessError', () => webSocket.close(code), 'close code');
  }
  throws('SyntaxError', () => webSocket.close(1000, '\u00e9'.repeat(62)), '123 bytes');
  throws('InvalidAccessError', () => webSocket.close(undefined, 'x'), 'also specify a code');
  same(webSocket.readyState, 1);
  webSocket.close(1000, 'x'.repeat(123));
});

socketTest('bufferedAmount is what the socket has not taken', async (network) => {
  const { webSocket, peer } = await opened(network);
  peer.stall();
  webSocket.send('12345');
  webSocket.send(bytes(1, 2, 3));
  same(webSocket.bufferedAmount, 8);
  await sleep(1);
  same(webSocket.bufferedAmount, 8);
  peer.resume();
  await expectFrame(peer, 0x81, '12345');
  await expectFrame(peer, 0x82, '\u0001\u0002\u0003');
  await sleep(1);
  same(webSocket.bufferedAmount, 0);
});

socketTest('a listener may send, close and throw', async (network) => {
  const { webSocket, peer, log } = await opened(network);
  webSocket.addEventListener('message', ({ data, origin, isTrusted }) => {
    webSocket.send(`${data} ${origin} ${isTrusted}`);
    if (data === 'two') webSocket.close();
    throw new Error('from the listener');
  });
  peer.send(frame(0x81, 'one'));
  await expectFrame(peer, 0x81, 'one ws://a.test true');
  peer.send(frame(0x81, 'two'));
  await expectFrame(peer, 0x81, 'two ws://a.test true');
  await expectFrame(peer, 0x88, '');
  peer.send(close(1000));
  same((await log.take(3))[2], ['close', 1000, '', true]);
  same(logs().length, 2);
});

socketTest('what it has is what the standard gives it', async (network) => {
  same([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED], [0, 1, 2, 3]);
  const { webSocket } = await opened(network);
  same([webSocket.OPEN, WebSocket.length, WebSocket.name], [1, 1, 'WebSocket']);
  ok(webSocket instanceof EventTarget);
  same([webSocket.binaryType, webSocket.onmessage === null], ['blob', false]);
  webSocket.binaryType = /** @type {any} */ ('nonsense');
  same(webSocket.binaryType, 'blob');
  webSocket.binaryType = 'arraybuffer';
  webSocket.binaryType = /** @type {any} */ ('');
  same(webSocket.binaryType, 'arraybuffer');
});
