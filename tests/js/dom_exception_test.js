// @ts-check
import { ok, same, test, throws } from './harness.js';

test('carries name, message and the legacy code', () => {
  const error = new DOMException('it broke', 'DataCloneError');
  same(error.name, 'DataCloneError');
  same(error.message, 'it broke');
  same(error.code, 25);
  same(error.code, DOMException.DATA_CLONE_ERR);
  same(String(error), 'DataCloneError: it broke');
});

test('defaults to an Error without a message', () => {
  const error = new DOMException();
  same(error.name, 'Error');
  same(error.message, '');
  same(error.code, 0);
  same(new DOMException(undefined, undefined).name, 'Error');
});

test('is an Error with a stack, on the instance side only', () => {
  const error = new DOMException('x', 'AbortError');
  ok(error instanceof Error);
  ok(error.stack.startsWith('AbortError: x\n'), error.stack);
  same(Object.getPrototypeOf(DOMException), Function.prototype);
  same(Object.getPrototypeOf(DOMException.prototype), Error.prototype);
  same(Object.prototype.toString.call(error), '[object DOMException]');
});

test('names without a code have code 0', () => {
  same(new DOMException('', 'OperationError').code, 0);
  same(new DOMException('', 'constructor').code, 0);
});

test('has the 25 constants on the interface and its prototype', () => {
  const names = Object.keys(DOMException).filter((name) => name.endsWith('_ERR'));
  same(names.length, 25);
  names.forEach((name, i) => {
    const expected = { value: i + 1, writable: false, enumerable: true, configurable: false };
    same(Object.getOwnPropertyDescriptor(DOMException, name), expected, name);
    same(Object.getOwnPropertyDescriptor(DOMException.prototype, name), expected, name);
  });
});

test('needs new, converts its arguments, and checks the receiver', () => {
  // @ts-expect-error
  throws(TypeError, () => DOMException());
  throws(TypeError, () => new DOMException(/** @type {any} */ (Symbol('x'))));
  same(new DOMException(/** @type {any} */ (null)).message, 'null');
  throws(TypeError, () => DOMException.prototype.name);
  throws(TypeError, () => DOMException.prototype.message);
  throws(TypeError, () => DOMException.prototype.code);
});

test('its members are accessors of the prototype', () => {
  for (const name of ['name', 'message', 'code']) {
    const descriptor = Object.getOwnPropertyDescriptor(DOMException.prototype, name);
    ok(descriptor.enumerable && descriptor.configurable, name);
    same(descriptor.set, undefined, name);
    same(descriptor.get.name, `get ${name}`);
  }
  same(Object.getOwnPropertyNames(new DOMException('a')), ['stack']);
});

test('can be extended', () => {
  class Mine extends DOMException {
    extra = 1;
  }
  const mine = new Mine('m', 'AbortError');
  ok(mine instanceof Mine && mine instanceof DOMException && mine instanceof Error);
  same([mine.name, mine.extra, mine.code], ['AbortError', 1, 20]);
});
