// @ts-check
// MessageChannel and MessagePort: snapshot/js/message_port.js.

import { ok, same, sleep, test, throws } from './harness.js';

/** The next message of a port. */
const next = (port) => new Promise((resolve) => (port.onmessage = resolve));

test('what is posted at one port arrives at the other, as a copy and in order', async () => {
  const { port1, port2 } = new MessageChannel();
  const log = [];
  const value = { a: [1], m: new Map([[1, 2]]) };
  port2.onmessage = (event) => log.push(event);
  port1.postMessage(value);
  port1.postMessage(undefined);
  value.a.push(2);
  same(log, []);
  await sleep(1);
  same([log.length, log[0].data.a, log[0].data.m.get(1), log[1].data], [2, [1], 2, undefined]);
  const event = log[0];
  ok(event instanceof MessageEvent && event.isTrusted && event.target === port2);
  same([event.type, event.origin, event.source, event.ports], ['message', '', null, []]);
});

test('a message is a task of its own: microtasks run between two', async () => {
  const { port1, port2 } = new MessageChannel();
  const log = [];
  port2.onmessage = async (event) => {
    log.push(event.data);
    for (let i = 0; i < 10; i++) await null;
    log.push('microtask');
  };
  port1.postMessage(1);
  port1.postMessage(2);
  await Promise.resolve().then(() => log.push('first'));
  await sleep(1);
  same(log, ['first', 1, 'microtask', 2, 'microtask']);
});

test('messages of several ports come in the order they were posted', async () => {
  const a = new MessageChannel();
  const b = new MessageChannel();
  const log = [];
  a.port2.onmessage = b.port2.onmessage = (event) => log.push(event.data);
  a.port1.postMessage(1);
  b.port1.postMessage(2);
  a.port1.postMessage(3);
  await sleep(1);
  same(log, [1, 2, 3]);
});

test('thousands may wait, and a port that posts to itself lets others run', async () => {
  const { port1, port2 } = new MessageChannel();
  let count = 0;
  port2.onmessage = () => count++;
  for (let i = 0; i < 5000; i++) port1.postMessage(i);
  await sleep(1);
  await sleep(1);
  same(count, 5000);
  let isOver = false;
  let turns = 0;
  port2.onmessage = () => {
    turns++;
    if (!isOver) port1.postMessage(0);
  };
  port1.postMessage(0);
  setTimeout(() => (isOver = true), 0);
  await sleep(10);
  ok(turns >= 1);
});

test('messages wait until the port is started', async () => {
  const { port1, port2 } = new MessageChannel();
  const log = [];
  port2.addEventListener('message', (event) => log.push(event.data));
  port1.postMessage(1);
  port1.postMessage(2);
  await sleep(1);
  same(log, []);
  port2.start();
  port2.start();
  await sleep(1);
  same(log, [1, 2]);
});

test('a closed port gets nothing, and the other end hears of it', async () => {
  const { port1, port2 } = new MessageChannel();
  const log = [];
  port1.onmessage = (event) => log.push(`1 ${event.data}`);
  port2.onmessage = (event) => log.push(`2 ${event.data}`);
  port2.onclose = (event) => log.push(event.type);
  port2.postMessage('lost');
  port1.postMessage('on its way');
  port1.close();
  port1.close();
  port1.postMessage('too late');
  port2.postMessage('to nobody');
  await sleep(1);
  same(log, ['2 on its way', 'close']);
});

test('a port moves with what waits for it', async () => {
  const { port1, port2 } = new MessageChannel();
  const carrier = new MessageChannel();
  port1.postMessage('before');
  const carried = next(carrier.port2);
  carrier.port1.postMessage({ port: port2, again: port2 }, [port2]);
  port1.postMessage('meanwhile');
  const { data, ports } = /** @type {any} */ (await carried);
  ok(data.port instanceof MessagePort && data.port !== port2);
  ok(data.port === data.again && ports[0] === data.port && ports.length === 1);
  ok(Object.isFrozen(ports));
  const log = [];
  data.port.onmessage = (event) => log.push(event.data);
  await sleep(1);
  same(log, ['before', 'meanwhile']);
  const back = next(port1);
  data.port.postMessage('back');
  same(/** @type {any} */ (await back).data, 'back');
  throws('DataCloneError', () => carrier.port1.postMessage(0, [port2]), 'detached');
  port2.postMessage('nowhere');
});

test('a port that is only in the list moves too', async () => {
  const { port1, port2 } = new MessageChannel();
  const copy = structuredClone(null, { transfer: [port2] });
  same(copy, null);
  throws('DataCloneError', () => structuredClone(port2, { transfer: [port2] }));
  const clone = structuredClone(port1, { transfer: [port1] });
  ok(clone instanceof MessagePort && clone !== port1);
});

test('buffers and ports move together', async () => {
  const { port1, port2 } = new MessageChannel();
  const bytes = new Uint8Array([1, 2, 3]);
  const other = new MessageChannel();
  const arrived = next(port2);
  port1.postMessage([bytes, other.port1], { transfer: [other.port1, bytes.buffer] });
  same(bytes.length, 0);
  const { data, ports } = /** @type {any} */ (await arrived);
  same([...data[0]], [1, 2, 3]);
  same([ports.length, ports[0] === data[1]], [1, true]);
});

test('what cannot be cloned or transferred is refused, and nothing moves', () => {
  const { port1, port2 } = new MessageChannel();
  const other = new MessageChannel().port1;
  const buffer = new ArrayBuffer(4);
  throws('DataCloneError', () => port1.postMessage(() => {}, [buffer, other]));
  throws('DataCloneError', () => port1.postMessage(other));
  throws('DataCloneError', () => port1.postMessage(0, [port1]));
  throws('DataCloneError', () => port1.postMessage(0, [other, other]));
  throws('DataCloneError', () => port1.postMessage(0, [{}]));
  throws(TypeError, () => port1.postMessage(0, [5]));
  throws(TypeError, () => port1.postMessage(0, 5));
  throws(TypeError, () => port1.postMessage());
  same([buffer.byteLength, structuredClone(other, { transfer: [other] }) instanceof MessagePort],
    [4, true]);
  port1.postMessage(0, [port2]);
  port1.postMessage('to nobody');
});

test('getters of a message may close or move its port', async () => {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = () => ok(false, 'nothing arrives');
  port1.postMessage({
    get x() {
      port1.close();
      return 1;
    },
  });
  const a = new MessageChannel();
  const b = new MessageChannel();
  const value = {
    get x() {
      structuredClone(0, { transfer: [b.port1] });
      return 1;
    },
  };
  a.port1.postMessage(value, [b.port1]);
  await sleep(1);
});

test('a Blob and a CryptoKey are cloned inside of other values', async () => {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', false, ['encrypt']);
  const file = new File(['abc'], 'name.txt', { type: 'text/plain' });
  const copy = structuredClone({ file, list: [file], key });
  ok(copy.file instanceof File && copy.file !== file && copy.list[0] === copy.file);
  same([copy.file.name, await copy.file.text()], ['name.txt', 'abc']);
  same(copy.key.algorithm.name, 'AES-GCM');
  throws('DataCloneError', () => structuredClone({ h: new Headers() }));
});

test('ports have their owner\'s shape', () => {
  throws(TypeError, () => new MessagePort(), 'Illegal constructor');
  throws(TypeError, () => /** @type {any} */ (MessageChannel)());
  const { port1 } = new MessageChannel();
  same([MessageChannel.length, MessagePort.prototype.postMessage.length], [0, 1]);
  same(Object.prototype.toString.call(port1), '[object MessagePort]');
  same([port1.onmessage, port1.onmessageerror, /** @type {any} */ (port1).onclose], [null, null, null]);
  ok(new MessageChannel().port1 instanceof EventTarget);
  const { set } = /** @type {any} */ (
    Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')
  );
  throws(TypeError, () => set.call(new EventTarget(), null));
});

test('a MessageEvent has the ports and the source it is made with', () => {
  const { port1, port2 } = new MessageChannel();
  const event = new MessageEvent('m', { ports: new Set([port1, port2]), source: port1 });
  same([event.ports.length, event.source === port1, event.ports === event.ports], [2, true, true]);
  ok(Object.isFrozen(event.ports) && event.ports[1] === port2);
  throws(TypeError, () => new MessageEvent('m', { source: /** @type {any} */ ({}) }));
  throws(TypeError, () => new MessageEvent('m', { ports: /** @type {any} */ ([1]) }));
  event.initMessageEvent('n', true, true, 5, 'o', 'i', null, [port2]);
  same([event.type, event.bubbles, event.data, event.origin], ['n', true, 5, 'o']);
  same([event.lastEventId, event.source, event.ports.length], ['i', null, 1]);
});

test('messages pass among patched methods', async () => {
  const { port1, port2 } = new MessageChannel();
  const { push, indexOf, [Symbol.iterator]: iterate } = Array.prototype;
  const arrived = next(port2);
  const bad = () => {
    throw new Error('patched');
  };
  const restore = { push, indexOf, [Symbol.iterator]: iterate };
  Array.prototype.push = Array.prototype.indexOf = bad;
  port1.postMessage({ a: 1 });
  Array.prototype.push = restore.push;
  Array.prototype.indexOf = restore.indexOf;
  same(/** @type {any} */ (await arrived).data, { a: 1 });
});
