// Timers, microtasks, scheduler.

import { attempts, caseApp } from '../../case_app.js';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default caseApp({
  order: async () => {
    const seen = [];
    const note = (text) => () => seen.push(text);
    setTimeout(note('timeout 3'), 3);
    setTimeout(note('timeout 0'), 0);
    setTimeout(note('timeout 1'), 1);
    queueMicrotask(note('microtask'));
    Promise.resolve().then(note('promise'));
    note('now')();
    await wait(30);
    return seen;
  },
  nested: async () => {
    const seen = [];
    setTimeout(() => {
      seen.push('outer');
      setTimeout(() => seen.push('inner'), 0);
      Promise.resolve().then(() => seen.push('microtask'));
    }, 0);
    setTimeout(() => seen.push('next'), 0);
    await wait(30);
    return seen;
  },
  interval: async () => {
    let count = 0;
    await new Promise((resolve) => {
      const id = setInterval(() => {
        if (++count === 3) {
          clearInterval(id);
          resolve();
        }
      }, 1);
    });
    await wait(10);
    return count;
  },
  clear: async () => {
    let ran = false;
    const id = setTimeout(() => void (ran = true), 0);
    clearTimeout(id);
    clearTimeout(undefined);
    clearTimeout(12345);
    clearInterval(null);
    await wait(5);
    return ran;
  },
  crossClear: async () => {
    let ran = false;
    const id = setTimeout(() => void (ran = true), 0);
    clearInterval(id);
    await wait(5);
    return ran;
  },
  arguments: () =>
    new Promise((resolve) => setTimeout((...args) => resolve(args), 0, 1, 'b', null)),
  wrong: () =>
    attempts({
      none: () => setTimeout(),
      string: () => setTimeout('1'),
      object: () => setTimeout({}),
      micro: () => queueMicrotask(),
      microText: () => queueMicrotask('x'),
      receiver: () => setTimeout.call({}, () => {}, 0) && 1,
    }),
  thrown: async () => {
    setTimeout(() => {
      throw new Error('of a timer');
    }, 0);
    await wait(10);
    return 'goes on';
  },
  delays: async () => {
    const seen = [];
    for (const delay of [undefined, null, NaN, -5, '2', 'x'])
      setTimeout(() => seen.push(String(delay)), delay);
    await wait(30);
    return seen.sort();
  },
  immediate: () => ({
    set: typeof setImmediate,
    clear: typeof clearImmediate,
    wait: typeof globalThis.scheduler?.wait,
  }),
});
