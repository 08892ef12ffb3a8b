// Events and their targets.

import { attempts, caseApp } from '../../case_app.js';

export default caseApp({
  dispatch: () => {
    const seen = [];
    const target = new EventTarget();
    target.addEventListener('x', function (event) {
      seen.push([
        'first',
        this === target,
        event.type,
        event.eventPhase,
        event.target === target,
        event.currentTarget === target,
        event.composedPath().length,
      ]);
    });
    target.addEventListener('x', {
      handleEvent: (event) => {
        seen.push(['object']);
        event.stopImmediatePropagation();
      },
    });
    target.addEventListener('x', () => seen.push(['never']));
    const event = new Event('x', { cancelable: true, bubbles: true });
    const result = target.dispatchEvent(event);
    return {
      seen,
      result,
      after: [event.eventPhase, event.currentTarget, event.target === target, event.composedPath()],
    };
  },
  once: () => {
    const seen = [];
    const target = new EventTarget();
    const listener = () => seen.push('x');
    target.addEventListener('x', listener, { once: true });
    target.addEventListener('x', listener);
    for (let i = 0; i < 2; i++) target.dispatchEvent(new Event('x'));
    return seen.length;
  },
  remove: () => {
    const seen = [];
    const target = new EventTarget();
    const listener = () => seen.push('x');
    target.addEventListener('x', listener);
    target.dispatchEvent(new Event('x'));
    target.removeEventListener('x', listener);
    target.dispatchEvent(new Event('x'));
    return seen.length;
  },
  capture: () =>
    attempts({
      capture: () => new EventTarget().addEventListener('x', () => {}, true),
      bubble: () => new EventTarget().addEventListener('x', () => {}, false),
    }),
  prevent: () => {
    const target = new EventTarget();
    target.addEventListener('x', (event) => event.preventDefault());
    const one = new Event('x', { cancelable: true });
    const two = new Event('x');
    return [
      target.dispatchEvent(one),
      one.defaultPrevented,
      target.dispatchEvent(two),
      two.defaultPrevented,
      one.returnValue,
    ];
  },
  passive: () => {
    const target = new EventTarget();
    target.addEventListener('x', (event) => event.preventDefault(), { passive: true });
    return target.dispatchEvent(new Event('x', { cancelable: true }));
  },
  throwing: () => {
    const seen = [];
    const target = new EventTarget();
    target.addEventListener('x', () => {
      throw new Error('of a listener');
    });
    target.addEventListener('x', () => seen.push('second'));
    return attempts({ dispatch: () => target.dispatchEvent(new Event('x')), seen: () => seen });
  },
  classes: () =>
    attempts({
      custom: () => {
        const one = new CustomEvent('x', { detail: { a: 1 } });
        return [one.detail, one instanceof Event, one.type];
      },
      customNull: () => new CustomEvent('x').detail,
      error: () => {
        const one = new ErrorEvent('error', {
          message: 'm',
          error: 1,
          filename: 'f',
          lineno: 2,
          colno: 3,
        });
        return [one.message, one.error, one.filename, one.lineno, one.colno];
      },
      message: () => {
        const one = new MessageEvent('message', { data: 1, origin: 'o', lastEventId: '2' });
        return [one.data, one.origin, one.lastEventId, one.source, one.ports];
      },
      close: () => {
        const one = new CloseEvent('close', { code: 1000, reason: 'r', wasClean: true });
        return [one.code, one.reason, one.wasClean];
      },
      rejection: () => {
        const promise = Promise.resolve();
        const one = new PromiseRejectionEvent('x', { promise, reason: 1 });
        return [one.promise === promise, one.reason];
      },
      none: () => new Event(),
      defaults: () => {
        const one = new Event('x');
        return [
          one.bubbles,
          one.cancelable,
          one.composed,
          one.isTrusted,
          one.eventPhase,
          one.srcElement,
          one.cancelBubble,
          typeof one.timeStamp,
        ];
      },
      constants: () => [Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE],
    }),
  wrong: () =>
    attempts({
      none: () => new EventTarget().addEventListener('x'),
      null: () => new EventTarget().addEventListener('x', null),
      number: () => new EventTarget().addEventListener('x', 1),
      noEvent: () => new EventTarget().dispatchEvent({}),
      again: () => {
        const target = new EventTarget();
        const event = new Event('x');
        target.addEventListener('x', () => target.dispatchEvent(event));
        return target.dispatchEvent(event);
      },
      extend: () => {
        class Own extends EventTarget {}
        return new Own() instanceof EventTarget;
      },
    }),
  channel: async () => {
    const { port1, port2 } = new MessageChannel();
    const got = new Promise((resolve) => {
      port2.onmessage = ({ data }) => resolve(data);
    });
    port1.postMessage({ a: [1] });
    const data = await got;
    port1.close();
    return data;
  },
  dom: () => {
    const one = new DOMException('m', 'NotFoundError');
    return [
      one.name,
      one.message,
      one.code,
      one instanceof Error,
      DOMException.ABORT_ERR,
      new DOMException().name,
      String(one),
      typeof one.stack,
    ];
  },
});
