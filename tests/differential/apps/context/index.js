// ctx and env.

import { attempts, caseApp } from '../../case_app.js';

let done = 0;

export default caseApp({
  waitUntil: ({ ctx }) => {
    ctx.waitUntil(Promise.resolve().then(() => done++));
    ctx.waitUntil('no promise');
    return done;
  },
  rejected: ({ ctx }) => {
    ctx.waitUntil(Promise.reject(new Error('of waitUntil')));
    return 'answered';
  },
  detached: ({ ctx }) =>
    attempts({
      waitUntil: () => {
        const { waitUntil } = ctx;
        return waitUntil(Promise.resolve());
      },
      none: () => ctx.waitUntil(),
      pass: () => ctx.passThroughOnException(),
    }),
  shape: ({ ctx, env }) => ({
    props: ctx.props,
    name: ctx.constructor.name,
    tag: Object.prototype.toString.call(ctx),
    env: Object.keys(env).sort(),
    proto: Object.getPrototypeOf(env) === Object.prototype,
    frozen: Object.isFrozen(env),
    exports: typeof ctx.exports,
    abort: typeof ctx.abort,
  }),
  env: ({ env }) =>
    attempts({
      text: () => env.WORD,
      set: () => {
        env.NEW = 1;
        return env.NEW;
      },
      missing: () => env.NOTHING,
    }),
  thisValue: () => typeof globalThis.WORD,
});
