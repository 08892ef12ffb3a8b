// @ts-check
// MessageEvent, CloseEvent, ErrorEvent: snapshot/js/message_event.js.

import { ok, same, test, throws } from './harness.js';

test('their members are those of their dictionaries', () => {
  const data = {};
  const message = new MessageEvent('m', { data, origin: 'o', lastEventId: 'i', cancelable: true });
  same([message.type, message.origin, message.lastEventId], ['m', 'o', 'i']);
  same([message.data === data, message.cancelable], [true, true]);
  same([message.source, message.ports], [null, []]);
  const close = new CloseEvent('c', { code: 4000, reason: '\ud800x', wasClean: true });
  same([close.code, close.reason, close.wasClean], [4000, '\ufffdx', true]);
  const error = new RangeError('r');
  const init = { message: 'm', filename: 'f', lineno: 3, colno: 4, error };
  const event = new ErrorEvent('error', init);
  same([event.message, event.filename, event.lineno, event.colno], ['m', 'f', 3, 4]);
  same(event.error === error, true);
});

test('without a dictionary they have the standard\'s defaults', () => {
  const message = new MessageEvent('m');
  same([message.data, message.origin, message.lastEventId], [null, '', '']);
  const close = new CloseEvent('c');
  same([close.code, close.reason, close.wasClean], [0, '', false]);
  const error = new ErrorEvent('e');
  same([error.message, error.filename, error.lineno, error.colno], ['', '', 0, 0]);
  same(error.error, undefined);
});

test('they are events', () => {
  for (const Class of [MessageEvent, CloseEvent, ErrorEvent]) {
    ok(new Class('x') instanceof Event);
    same(Object.prototype.toString.call(new Class('x')), `[object ${Class.name}]`);
    same(Class.length, 1);
    throws(TypeError, () => new Class(), '1 argument required');
    throws(TypeError, () => new Class('x', 1), 'not of type');
  }
  const { get } = /** @type {any} */ (
    Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')
  );
  throws(TypeError, () => get.call(new Event('x')));
});
