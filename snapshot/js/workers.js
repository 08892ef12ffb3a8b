// @ts-check
// The module cloudflare:workers, https://developers.cloudflare.com/workers/runtime-apis/.

import { currentSlot } from 'nano:ops';
import { keepRequest } from './execution_context.js';
import { env, withEnv } from './imported_env.js';
import { ErrorConstructor, PromiseResolve, ProxyConstructor } from './primordials.js';
import { RpcTarget } from './rpc/exported.js';
import { connectLocalStubs, RpcPromise, RpcProperty, RpcStub } from './rpc/handles.js';
import { makeLocalStub } from './rpc/local_stub.js';
import { tooFewArguments } from './webidl.js';

connectLocalStubs(makeLocalStub);

const absent = (what) => new ErrorConstructor(`nano has no ${what}`);

/** What an app's entrypoints extend; made anew for each call. */
export class WorkerEntrypoint {
  ctx;
  env;

  constructor(ctx, env) {
    this.ctx = ctx;
    this.env = env;
  }
}

export class DurableObject {
  constructor() {
    throw absent('Durable Objects: a class that extends DurableObject cannot be instantiated');
  }
}

export class WorkflowEntrypoint {
  constructor() {
    throw absent('Workflows: a class that extends WorkflowEntrypoint cannot be instantiated');
  }
}

// Methods, since the operations of an interface are no constructors.
const operations = {
  waitUntil(promise) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'waitUntil'");
    const slot = currentSlot();
    if (slot < 0) {
      throw new ErrorConstructor('waitUntil() is possible while a request is answered only');
    }
    keepRequest(slot, PromiseResolve(promise));
  },
  withExports() {
    throw absent('withExports()');
  },
  withEnvAndExports() {
    throw absent('withEnvAndExports()');
  },
};

const exports = new ProxyConstructor(
  { __proto__: null },
  {
    __proto__: null,
    get(target, key) {
      if (typeof key !== 'string' || key === 'then') return undefined;
      throw absent(`\`exports\`: bind the app to itself in \`services\` to call its ${key}`);
    },
  },
);

/** [name, value, ...] */
export function exportsOfWorkers() {
  return [
    'DurableObject',
    DurableObject,
    'RpcPromise',
    RpcPromise,
    'RpcProperty',
    RpcProperty,
    'RpcStub',
    RpcStub,
    'RpcTarget',
    RpcTarget,
    'WorkerEntrypoint',
    WorkerEntrypoint,
    'WorkflowEntrypoint',
    WorkflowEntrypoint,
    'env',
    env,
    'exports',
    exports,
    'waitUntil',
    operations.waitUntil,
    'withEnv',
    withEnv,
    'withEnvAndExports',
    operations.withEnvAndExports,
    'withExports',
    operations.withExports,
  ];
}
