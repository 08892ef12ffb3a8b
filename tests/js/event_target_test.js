// @ts-check
import { logs, ok, same, test, throws } from './harness.js';

/** A target and the list that its listeners write to. */
function recorder() {
  const seen = [];
  const target = new EventTarget();
  return { target, seen, note: (name) => () => void seen.push(name) };
}

test('calls listeners in order, capturing ones first', () => {
  const { target, seen, note } = recorder();
  target.addEventListener('x', note('one'));
  target.addEventListener('x', note('two'), true);
  target.addEventListener('x', note('three'));
  target.addEventListener('y', note('other'));
  same(target.dispatchEvent(new Event('x')), true);
  same(seen, ['two', 'one', 'three']);
});

test('gives the event its target, and takes the current one away again', () => {
  const target = new EventTarget();
  const event = new Event('x');
  let during;
  target.addEventListener('x', function (e) {
    during = [this, e.target, e.currentTarget, e.eventPhase, e.composedPath()];
  });
  target.dispatchEvent(event);
  same(during[0], target);
  same(during[1], target);
  same(during[2], target);
  same(during[3], Event.AT_TARGET);
  same(during[4].length, 1);
  same([event.target, event.currentTarget, event.eventPhase], [target, null, 0]);
});

test('adds a listener once for each type, callback and capture', () => {
  const { target, seen, note } = recorder();
  const listener = note('hit');
  target.addEventListener('x', listener);
  target.addEventListener('x', listener, { capture: false, once: true });
  target.addEventListener('x', listener, true);
  target.dispatchEvent(new Event('x'));
  same(seen, ['hit', 'hit']);
  target.removeEventListener('x', listener);
  target.dispatchEvent(new Event('x'));
  same(seen.length, 3);
  target.removeEventListener('x', listener, { capture: true });
  target.dispatchEvent(new Event('x'));
  same(seen.length, 3);
});

test('once listeners are removed before they run', () => {
  const target = new EventTarget();
  let calls = 0;
  const listener = () => {
    calls++;
    target.dispatchEvent(new Event('x'));
  };
  target.addEventListener('x', listener, { once: true });
  target.dispatchEvent(new Event('x'));
  same(calls, 1);
});

test('a listener that is removed during dispatch is not called, a new one neither', () => {
  const { target, seen, note } = recorder();
  const second = note('second');
  target.addEventListener('x', () => {
    seen.push('first');
    target.removeEventListener('x', second);
    target.addEventListener('x', note('late'));
  });
  target.addEventListener('x', second);
  target.dispatchEvent(new Event('x'));
  same(seen, ['first']);
});

test('looks handleEvent up at each event', () => {
  const target = new EventTarget();
  const seen = [];
  const listener = { handleEvent: null };
  target.addEventListener('x', listener);
  target.dispatchEvent(new Event('x'));
  listener.handleEvent = function (event) {
    seen.push(this === listener, event.type);
  };
  target.dispatchEvent(new Event('x'));
  same(seen, [true, 'x']);
  same(logs().length, 1);
  ok(logs()[0].line.includes('TypeError'), logs()[0].line);
});

test('stopImmediatePropagation stops the rest', () => {
  const { target, seen, note } = recorder();
  target.addEventListener('x', (event) => event.stopImmediatePropagation());
  target.addEventListener('x', note('not'));
  target.dispatchEvent(new Event('x'));
  same(seen, []);
});

test('stopPropagation in a capturing listener stops the others, not its own phase', () => {
  const { target, seen, note } = recorder();
  target.addEventListener('x', (event) => event.stopPropagation(), true);
  target.addEventListener('x', note('same phase'), true);
  target.addEventListener('x', note('next phase'));
  target.dispatchEvent(new Event('x'));
  same(seen, ['same phase']);
  const stopped = new Event('x');
  stopped.stopPropagation();
  target.dispatchEvent(stopped);
  same(seen.length, 1);
  same(stopped.cancelBubble, false, 'the flag is cleared after dispatch');
});

test('a canceled event makes dispatchEvent answer false', () => {
  const target = new EventTarget();
  target.addEventListener('x', (event) => event.preventDefault());
  same(target.dispatchEvent(new Event('x', { cancelable: true })), false);
  same(target.dispatchEvent(new Event('x')), true);
});

test('a passive listener cannot cancel', () => {
  const target = new EventTarget();
  target.addEventListener('x', (event) => event.preventDefault(), { passive: true });
  same(target.dispatchEvent(new Event('x', { cancelable: true })), true);
});

test('what a listener throws is reported and the next one is called', () => {
  const { target, seen, note } = recorder();
  target.addEventListener('x', () => {
    throw new Error('from a listener');
  });
  target.addEventListener('x', note('next'));
  target.dispatchEvent(new Event('x'));
  same(seen, ['next']);
  same(logs()[0].level, 4);
  ok(logs()[0].line.startsWith('Uncaught Error: from a listener'), logs()[0].line);
});

test('an event that is being dispatched cannot be dispatched', () => {
  const target = new EventTarget();
  target.addEventListener('x', (event) => {
    throws('InvalidStateError', () => target.dispatchEvent(event));
  });
  target.dispatchEvent(new Event('x'));
  same(logs(), []);
});

test('a signal removes the listener', () => {
  const { target, seen, note } = recorder();
  const controller = new AbortController();
  target.addEventListener('x', note('hit'), { signal: controller.signal });
  target.dispatchEvent(new Event('x'));
  controller.abort();
  target.dispatchEvent(new Event('x'));
  same(seen, ['hit']);
  target.addEventListener('x', note('never'), { signal: controller.signal });
  target.dispatchEvent(new Event('x'));
  same(seen, ['hit']);
  throws(TypeError, () =>
    target.addEventListener('x', note(''), { signal: /** @type {any} */ (null) }),
  );
});

test('reads the options in the order of Web IDL', () => {
  const read = [];
  const options = new Proxy({}, { get: (_, name) => void read.push(name) });
  new EventTarget().addEventListener('x', () => {}, options);
  same(read, ['capture', 'once', 'passive', 'signal']);
});

test('refuses wrong arguments', () => {
  const target = new EventTarget();
  target.addEventListener('x', null);
  target.addEventListener('x', undefined);
  target.removeEventListener('x', null);
  throws(TypeError, () => target.addEventListener('x', /** @type {any} */ (5)));
  throws(TypeError, () => /** @type {any} */ (target).addEventListener('x'));
  throws(TypeError, () => target.dispatchEvent(/** @type {any} */ ({ type: 'x' })));
  throws(TypeError, () => target.dispatchEvent(/** @type {any} */ (null)));
  throws(TypeError, () => EventTarget.prototype.addEventListener.call({}, 'x', () => {}));
});

test('can be extended', () => {
  class Emitter extends EventTarget {
    emit(type) {
      return this.dispatchEvent(new Event(type));
    }
  }
  const emitter = new Emitter();
  let got;
  emitter.addEventListener('go', (event) => (got = event.target));
  emitter.emit('go');
  same(got, emitter);
});
