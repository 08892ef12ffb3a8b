// cloudflare:workers and other modules of Workers.

import * as workers from 'cloudflare:workers';
import { connect } from 'cloudflare:sockets';

import { attempts, caseApp } from '../../case_app.js';

const atTop = workers.env.WORD;

export default caseApp({
  exports: () =>
    [
      'env',
      'waitUntil',
      'WorkerEntrypoint',
      'DurableObject',
      'RpcTarget',
      'RpcStub',
      'withEnv',
      'WorkflowEntrypoint',
      'exports',
    ].map((name) => [name, typeof workers[name]]),
  env: ({ env }) => [atTop, workers.env.WORD, workers.env === env, Object.keys(workers.env)],
  withEnv: () =>
    attempts({
      inside: () => workers.withEnv({ WORD: 'other' }, () => workers.env.WORD),
      after: () => workers.env.WORD,
    }),
  waitUntil: () =>
    attempts({
      promise: () => workers.waitUntil(Promise.resolve()),
      none: () => workers.waitUntil(),
    }),
  classes: () =>
    attempts({
      entrypoint: () => {
        class Own extends workers.WorkerEntrypoint {}
        return typeof Own.prototype;
      },
      target: () => new (class extends workers.RpcTarget {})() instanceof workers.RpcTarget,
      plain: () => new workers.RpcTarget() instanceof workers.RpcTarget,
      durable: () => typeof workers.DurableObject.prototype,
    }),
  sockets: () =>
    attempts({
      type: () => typeof connect,
      none: () => connect(),
      noPort: () => connect('x'),
      badPort: () => connect({ hostname: 'x', port: 99999 }),
    }),
  refused: ({ env }) =>
    attempts({
      opened: async () => {
        const socket = connect('127.0.0.1:1');
        return socket.opened;
      },
      read: async () => {
        const socket = connect('127.0.0.1:1');
        socket.opened.catch(() => {});
        return socket.readable.getReader().read();
      },
    }),
});
