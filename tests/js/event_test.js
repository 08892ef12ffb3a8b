// @ts-check
import { ok, same, test, throws } from './harness.js';

test('has the defaults of the standard', () => {
  const event = new Event('x');
  same(event.type, 'x');
  same([event.target, event.srcElement, event.currentTarget], [null, null, null]);
  same(event.eventPhase, Event.NONE);
  same([event.bubbles, event.cancelable, event.composed], [false, false, false]);
  same([event.defaultPrevented, event.returnValue, event.isTrusted], [false, true, false]);
  same(event.composedPath(), []);
  same(typeof event.timeStamp, 'number');
});

test('reads its init dictionary', () => {
  const event = new Event('x', {
    bubbles: true,
    cancelable: /** @type {any} */ (1),
    composed: true,
  });
  same([event.bubbles, event.cancelable, event.composed], [true, true, true]);
  same(new Event('x', /** @type {any} */ (null)).bubbles, false);
  throws(TypeError, () => new Event('x', /** @type {any} */ (5)));
  throws(TypeError, () => new /** @type {any} */ (Event)());
  same(new Event(/** @type {any} */ (undefined)).type, 'undefined');
});

test('isTrusted is an unforgeable accessor of each event, with one getter', () => {
  const first = Object.getOwnPropertyDescriptor(new Event('a'), 'isTrusted');
  const second = Object.getOwnPropertyDescriptor(new Event('b'), 'isTrusted');
  same(first.get, second.get);
  same([first.set, first.enumerable, first.configurable], [undefined, true, false]);
});

test('preventDefault works on cancelable events only', () => {
  const plain = new Event('x');
  plain.preventDefault();
  same(plain.defaultPrevented, false);
  const cancelable = new Event('x', { cancelable: true });
  cancelable.preventDefault();
  same([cancelable.defaultPrevented, cancelable.returnValue], [true, false]);
  const legacy = new Event('x', { cancelable: true });
  legacy.returnValue = true;
  same(legacy.defaultPrevented, false);
  legacy.returnValue = false;
  same(legacy.defaultPrevented, true);
});

test('cancelBubble can be set and not unset', () => {
  const event = new Event('x');
  event.cancelBubble = false;
  same(event.cancelBubble, false);
  event.cancelBubble = true;
  event.cancelBubble = false;
  same(event.cancelBubble, true);
});

test('initEvent makes it new', () => {
  const event = new Event('a', { cancelable: true });
  event.preventDefault();
  event.stopPropagation();
  event.initEvent('b', true, false);
  same([event.type, event.bubbles, event.cancelable], ['b', true, false]);
  same([event.defaultPrevented, event.cancelBubble], [false, false]);
});

test('initEvent does nothing during dispatch', () => {
  const target = new EventTarget();
  const event = new Event('a');
  target.addEventListener('a', () => event.initEvent('b'));
  target.dispatchEvent(event);
  same(event.type, 'a');
});

test('has the phase constants', () => {
  const phases = [Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE];
  same(phases, [0, 1, 2, 3]);
  same(new Event('x').AT_TARGET, 2);
});

test('a subclass keeps its own members', () => {
  class Mine extends Event {
    constructor(type, extra) {
      super(type);
      this.extra = extra;
    }
  }
  const event = new Mine('m', 7);
  same([event.type, event.extra, event instanceof Event], ['m', 7, true]);
});

test('CustomEvent carries a detail', () => {
  const event = new CustomEvent('c', { detail: { a: 1 }, cancelable: true });
  same([event.detail, event.cancelable, event.type], [{ a: 1 }, true, 'c']);
  same(new CustomEvent('c').detail, null);
  same(new CustomEvent('c', { detail: undefined }).detail, null);
  event.initCustomEvent('d', false, false, 9);
  same([event.type, event.detail], ['d', 9]);
  throws(TypeError, () => new /** @type {any} */ (CustomEvent)());
  ok(event instanceof Event);
  same(Object.prototype.toString.call(event), '[object CustomEvent]');
});

test('members check their receiver', () => {
  throws(TypeError, () => Event.prototype.type);
  throws(TypeError, () => Event.prototype.preventDefault.call({}));
  throws(TypeError, () => Reflect.get(CustomEvent.prototype, 'detail', new Event('x')));
});
