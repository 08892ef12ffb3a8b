// AbortController and AbortSignal.

import { attempts, caseApp } from '../../case_app.js';

export default caseApp({
  controller: () =>
    attempts({
      plain: () => {
        const one = new AbortController();
        one.abort();
        return [
          one.signal.aborted,
          one.signal.reason.name,
          one.signal.reason.code,
          one.signal.reason instanceof DOMException,
        ];
      },
      reason: () => {
        const one = new AbortController();
        one.abort({ a: 1 });
        one.abort(2);
        return one.signal.reason;
      },
      undefinedReason: () => {
        const one = new AbortController();
        one.abort(undefined);
        return one.signal.reason.name;
      },
      throwIf: () => AbortSignal.abort(new RangeError('x')).throwIfAborted(),
      throwIfNot: () => new AbortController().signal.throwIfAborted(),
      construct: () => new AbortSignal(),
    }),
  events: async () => {
    const seen = [];
    const { signal, ...rest } = new AbortController();
    const controller = new AbortController();
    controller.signal.onabort = (event) =>
      seen.push(['on', event.type, event.target === controller.signal, event.isTrusted]);
    controller.signal.addEventListener('abort', () => seen.push(['listener']), { once: true });
    controller.abort();
    controller.abort();
    return { seen, rest };
  },
  timeout: async () => {
    const signal = AbortSignal.timeout(1);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return [signal.aborted, signal.reason.name, signal.reason.code];
  },
  any: () =>
    attempts({
      none: () => AbortSignal.any([]).aborted,
      one: () => {
        const one = new AbortController();
        const all = AbortSignal.any([one.signal, new AbortController().signal]);
        one.abort('why');
        return [all.aborted, all.reason];
      },
      already: () => AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason,
      nested: () => {
        const one = new AbortController();
        const all = AbortSignal.any([AbortSignal.any([one.signal])]);
        one.abort('x');
        return all.reason;
      },
      wrong: () => AbortSignal.any([{}]),
    }),
  listener: () => {
    const seen = [];
    const controller = new AbortController();
    const target = new EventTarget();
    target.addEventListener('x', () => seen.push(1), { signal: controller.signal });
    target.dispatchEvent(new Event('x'));
    controller.abort();
    target.dispatchEvent(new Event('x'));
    return seen;
  },
  wait: () =>
    attempts({
      wait: () => scheduler.wait(1),
      aborted: () => scheduler.wait(1000, { signal: AbortSignal.abort() }),
      later: () => {
        const one = new AbortController();
        const waiting = scheduler.wait(1000, { signal: one.signal });
        one.abort();
        return waiting;
      },
      negative: () => scheduler.wait(-1),
    }),
  wrongTimeout: () =>
    attempts({
      none: () => AbortSignal.timeout(),
      negative: () => AbortSignal.timeout(-1),
      text: () => AbortSignal.timeout('x'),
      instance: () => AbortSignal.timeout(1000) instanceof AbortSignal,
    }),
});
