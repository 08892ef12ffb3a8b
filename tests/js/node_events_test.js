// node:events.

import { builtinModule, ok, rejects, same, sleep, test, throws } from './harness.js';

const {
  default: EventEmitter,
  once,
  on,
  errorMonitor,
  getEventListeners,
} = builtinModule('node:events');

test('listeners are called in order, those of once() a single time', () => {
  const emitter = new EventEmitter();
  const seen = [];
  emitter.on('a', (value) => seen.push(1, value));
  emitter.once('a', () => seen.push(2));
  emitter.prependListener('a', () => seen.push(0));
  same(emitter.emit('a', 'x'), true);
  emitter.emit('a', 'y');
  same(seen, [0, 1, 'x', 2, 0, 1, 'y']);
  same(emitter.emit('b'), false);
});

test('a constructor of before classes can inherit from it', () => {
  function Old() {
    EventEmitter.call(this);
  }
  builtinModule('node:util').inherits(Old, EventEmitter);
  const old = new Old();
  let called = 0;
  old.on('x', () => called++);
  old.emit('x');
  ok(old instanceof EventEmitter && called === 1);
});

test('an error without a listener is thrown, and monitors see it first', () => {
  const emitter = new EventEmitter();
  const seen = [];
  emitter.on(errorMonitor, (error) => seen.push(error.message));
  throws(Error, () => emitter.emit('error', new Error('nobody')), 'nobody');
  same(seen, ['nobody']);
});

test('what is no error and has no listener is told by one', () => {
  let thrown;
  try {
    new EventEmitter().emit('error', 'why');
  } catch (error) {
    thrown = error;
  }
  const { code, context, message } = thrown;
  same([code, context, message], ['ERR_UNHANDLED_ERROR', 'why', "Unhandled error. ('why')"]);
});

test('rejections of listeners are errors where that is asked for', async () => {
  const emitter = new EventEmitter({ captureRejections: true });
  const errors = [];
  emitter.on('error', (error) => errors.push(error.message));
  emitter.on('work', async () => {
    throw new Error('late');
  });
  emitter.emit('work');
  await sleep();
  same(errors, ['late']);
});

test('once() gives a promise', async () => {
  const emitter = new EventEmitter();
  const waiting = once(emitter, 'ready');
  emitter.emit('ready', 1, 2);
  same(await waiting, [1, 2]);
  const failing = once(emitter, 'ready');
  emitter.emit('error', new Error('broken'));
  await rejects(Error, failing, 'broken');
  const target = new EventTarget();
  const event = once(target, 'ping');
  target.dispatchEvent(new Event('ping'));
  same((await event)[0].type, 'ping');
  await rejects('AbortError', once(emitter, 'x', { signal: AbortSignal.abort() }));
});

test('on() gives an iterator, in the order of the events', async () => {
  const emitter = new EventEmitter();
  const controller = new AbortController();
  setTimeout(() => {
    emitter.emit('n', 1);
    emitter.emit('n', 2);
    setTimeout(() => controller.abort());
  });
  const seen = [];
  await rejects('AbortError', async () => {
    for await (const [value] of on(emitter, 'n', { signal: controller.signal })) seen.push(value);
  });
  same(seen, [1, 2]);
  same(emitter.listenerCount('n'), 0);
});

test('listeners are counted and listed', () => {
  const emitter = new EventEmitter();
  const listener = () => {};
  emitter.once('a', listener);
  same(getEventListeners(emitter, 'a'), [listener]);
  same(emitter.listenerCount('a'), 1);
  same(emitter.listenerCount('a', listener), 1);
  same(emitter.eventNames(), ['a']);
  same(EventEmitter.defaultMaxListeners, 10);
});

test('what is wrong is named by its code', () => {
  const emitter = new EventEmitter();
  const codeOf = (run) => {
    try {
      run();
    } catch (error) {
      return error.code;
    }
    return undefined;
  };
  same(
    codeOf(() => emitter.on('a', 1)),
    'ERR_INVALID_ARG_TYPE',
  );
  same(
    codeOf(() => emitter.emit('error', 'text')),
    'ERR_UNHANDLED_ERROR',
  );
  same(
    codeOf(() => emitter.setMaxListeners(-1)),
    'ERR_OUT_OF_RANGE',
  );
});

test('emitters tell of their own listeners', () => {
  const emitter = new EventEmitter();
  const seen = [];
  const listener = () => {};
  emitter.on('newListener', (type, added) => seen.push('new', type, added === listener));
  emitter.once('a', listener);
  emitter.on('removeListener', (type, removed) => seen.push('gone', type, removed === listener));
  emitter.emit('a');
  same(seen, ['new', 'a', true, 'new', 'removeListener', false, 'gone', 'a', true]);
});

test('listeners may come and go while they are called', () => {
  const emitter = new EventEmitter();
  const seen = [];
  const second = () => seen.push(2);
  emitter.on('a', () => {
    seen.push(1);
    emitter.removeListener('a', second);
    emitter.on('a', () => seen.push(3));
  });
  emitter.on('a', second);
  emitter.emit('a');
  same(seen, [1, 2]);
});
