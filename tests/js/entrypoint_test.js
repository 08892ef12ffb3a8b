// @ts-check
// Entrypoints and the module cloudflare:workers: snapshot/js/entrypoints.js, rpc/entrypoint.js,
// workers.js.

import {
  builtinModule,
  callEntryPoint,
  dispatch,
  logs,
  ok,
  rejects,
  same,
  sendCall,
  send,
  sleep,
  test,
  throws,
} from './harness.js';
import { calling } from './rpc_loop.js';

const workers = () => builtinModule('cloudflare:workers');
const makeHandler = (exported) => callEntryPoint('makeHandler', exported);

const classes = () => {
  const { WorkerEntrypoint } = workers();
  class Admin extends WorkerEntrypoint {
    async fetch(request) {
      this.ctx.waitUntil(Promise.resolve('later'));
      const body = [request.url, await request.text(), this.env.NAME, this.ctx.props];
      return Response.json([...body, arguments.length]);
    }
  }
  return { Admin, Bare: class extends WorkerEntrypoint {} };
};

const fetched = async (call, exports, env) => {
  const answer = await sendCall(call, exports, env).done;
  if ('error' in answer) throw answer.error;
  return JSON.parse(answer.text);
};

test('a class as the default export answers', async () => {
  const { Admin } = classes();
  const handler = makeHandler(Admin);
  const answer = send({ url: 'https://x.test/' }, handler, { NAME: 'env' });
  same(JSON.parse((await answer.done).text), ['https://x.test/', '', 'env', {}, 1]);
  same(await Promise.all(answer.waited()), ['later']);
});

test('each request has an instance of its own', async () => {
  const { WorkerEntrypoint } = workers();
  class Counting extends WorkerEntrypoint {
    count = 0;
    fetch() {
      return new Response(`${++this.count}`);
    }
  }
  const handler = makeHandler(Counting);
  same([(await dispatch({}, handler)).text, (await dispatch({}, handler)).text], ['1', '1']);
});

test('a plain object stays what it is, and so does what is no such class', async () => {
  const { WorkerEntrypoint } = workers();
  const plain = { fetch: () => new Response('plain') };
  class Other {}
  const arrow = () => {};
  for (const exported of [plain, Other, arrow, undefined, null, 'text']) {
    ok(makeHandler(exported) === exported);
  }
  ok(makeHandler(class extends WorkerEntrypoint {}) !== undefined);
});

test('no code of the app runs when its handler is looked at', () => {
  const { WorkerEntrypoint } = workers();
  const trap = () => {
    throw new Error('it ran');
  };
  const traps = new Proxy({}, { get: () => trap });
  const proxied = new Proxy(class extends WorkerEntrypoint {}, traps);
  ok(makeHandler(proxied) === proxied);
  class Middle extends WorkerEntrypoint {}
  Object.setPrototypeOf(Middle.prototype, new Proxy(WorkerEntrypoint.prototype, traps));
  ok(makeHandler(Middle) === Middle);
  class Late extends WorkerEntrypoint {
    get scheduled() {
      return trap();
    }
  }
  same(typeof makeHandler(Late).scheduled, 'function');
});

test('a class that is scheduled has a handler for it', async () => {
  const { WorkerEntrypoint } = workers();
  class Timed extends WorkerEntrypoint {
    scheduled(controller) {
      return [controller, this.env, this.ctx, arguments.length];
    }
  }
  same(makeHandler(Timed).scheduled('event', 'env', 'ctx'), ['event', 'env', 'ctx', 1]);
  same(makeHandler(class extends WorkerEntrypoint {}).scheduled, undefined);
});

test('a class without fetch() says so', async () => {
  const { Bare } = classes();
  await rejects(
    TypeError,
    dispatch({}, makeHandler(Bare)),
    'Handler does not export a fetch() function',
  );
});

test('a binding reaches the entrypoint that it names, with its props', async () => {
  const { Admin } = classes();
  const exports = { default: { fetch: () => Response.json('default') }, Admin };
  const call = { entrypoint: 'Admin', props: '{"a":[1]}', body: 'sent' };
  same(await fetched(call, exports, { NAME: 'n' }), [
    'https://nano.test/',
    'sent',
    'n',
    { a: [1] },
    1,
  ]);
  same(await fetched({ props: '{}' }, exports), 'default');
});

test('an object among the exports is an entrypoint too', async () => {
  const plain = {
    fetch: (request, env, ctx) => Response.json([env.NAME, ctx.props]),
    join: (argument, env, ctx) => [argument, env.NAME, ctx.props],
    many: (a, b, c, d) => d,
    value: 7,
  };
  same(await fetched({ entrypoint: 'plain', props: '[1]' }, { plain }, { NAME: 'n' }), ['n', [1]]);
  await calling(
    { plain },
    async (service) => {
      same(await service.join('sent'), ['sent', 'its own', {}]);
      same(await service.value, 7);
      await rejects(
        TypeError,
        service.join(1, 2),
        'Attempted to call RPC function "join" with the wrong',
      );
      await rejects(TypeError, service.many(1), 'Cannot call handler function "many" over RPC');
      await rejects(TypeError, service.toString2(), 'does not implement');
      await rejects(TypeError, service.__defineGetter__2(), 'does not implement');
    },
    { entrypoint: 'plain' },
  );
});

test('what is no entrypoint at all is said', async () => {
  const exports = { text: 'text', f() {} };
  await rejects(TypeError, fetched({ entrypoint: 'text' }, exports), 'fetch() function');
  await rejects(TypeError, fetched({ entrypoint: 'f' }, exports), 'fetch() function');
  for (const entrypoint of ['text', 'f']) {
    await calling(exports, (service) => rejects(TypeError, service.x(), 'does not implement'), {
      entrypoint,
    });
  }
});

test('a class that throws when it is made fails its call', async () => {
  const { WorkerEntrypoint } = workers();
  class Bad extends WorkerEntrypoint {
    constructor(ctx, env) {
      super(ctx, env);
      throw new SyntaxError('made badly');
    }
    method() {}
  }
  await rejects(SyntaxError, fetched({}, { default: Bad }), 'made badly');
  await calling({ default: Bad }, (service) =>
    rejects(SyntaxError, service.method(), 'made badly'),
  );
});

test('the module has what workerd has of it', () => {
  same(Object.keys(workers()).sort(), [
    'DurableObject',
    'RpcPromise',
    'RpcProperty',
    'RpcStub',
    'RpcTarget',
    'WorkerEntrypoint',
    'WorkflowEntrypoint',
    'env',
    'exports',
    'waitUntil',
    'withEnv',
    'withEnvAndExports',
    'withExports',
  ]);
});

test('its env shows that of the handlers', () => {
  const given = callEntryPoint('makeEnv', ['NAME', 0, 'value']);
  const { env } = workers();
  ok(workers().env === env, 'one for all who import it');
  same([env.NAME, 'NAME' in env, 'OTHER' in env], ['value', true, false]);
  same([Object.keys(env), JSON.stringify(env)], [['NAME'], '{"NAME":"value"}']);
  env.NEW = 1;
  Object.defineProperty(env, 'DEFINED', { value: 2, configurable: true });
  same([given.NEW, given.DEFINED], [1, 2]);
  delete env.NEW;
  same('NEW' in given, false);
  throws(TypeError, () => Object.freeze(env));
});

test('withEnv puts another in its place, for what runs in it and all that it starts', async () => {
  callEntryPoint('makeEnv', ['NAME', 0, 'app']);
  const { env, withEnv } = workers();
  const seen = await withEnv({ NAME: 'outer' }, async () => {
    await sleep(1);
    const before = env.NAME;
    const inner = await withEnv({ NAME: 'inner' }, async () => {
      await 0;
      return env.NAME;
    });
    const later = await new Promise((resolve) => setTimeout(() => resolve(env.NAME), 1));
    return [before, inner, later, env.NAME];
  });
  same(seen, ['outer', 'inner', 'outer', 'outer']);
  const error = new RangeError('thrown');
  throws(error, () =>
    withEnv({}, () => {
      throw error;
    }),
  );
  same(
    withEnv(null, () => [env.NAME, Object.keys(env)]),
    [undefined, []],
  );
  same(
    withEnv(Object.freeze({ A: 1 }), () => ({ ...env })),
    { A: 1 },
  );
  const given = withEnv({}, () => {
    Object.defineProperty(env, 'B', { value: 2, enumerable: true });
    /** @type {any} */ (Object.prototype).get = undefined;
    try {
      return { ...env };
    } finally {
      delete (/** @type {any} */ (Object.prototype).get);
    }
  });
  same(given, { B: 2 });
  throws(TypeError, () => withEnv({}), 'parameter 2');
  same(env.NAME, 'app');
});

test('withEnv and AsyncLocalStorage leave each other alone', () => {
  callEntryPoint('makeEnv', ['NAME', 0, 'app']);
  const { env, withEnv } = workers();
  const { AsyncLocalStorage } = builtinModule('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const both = () => [storage.getStore(), env.NAME];
  same(
    storage.run('store', () => withEnv({ NAME: 'own' }, both)),
    ['store', 'own'],
  );
  same(
    withEnv({ NAME: 'own' }, () => storage.run('store', both)),
    ['store', 'own'],
  );
  same(both(), [undefined, 'app']);
});

test('its waitUntil is for the request that runs', async () => {
  const { waitUntil } = workers();
  throws(Error, () => waitUntil(Promise.resolve()), 'while a request is answered only');
  const answer = send({}, async () => {
    throws(TypeError, () => waitUntil(), '1 argument required');
    await 1;
    waitUntil(5);
    return new Response('');
  });
  await answer.done;
  same(await Promise.all(answer.waited()), [5]);
});

test('what nano has not is said when it is used, not when it is imported', () => {
  const {
    DurableObject,
    WorkflowEntrypoint,
    RpcStub,
    RpcPromise,
    withExports,
    withEnvAndExports,
    exports,
    RpcTarget,
    RpcProperty,
  } = workers();
  class Room extends DurableObject {}
  class Flow extends WorkflowEntrypoint {}
  throws(Error, () => new Room(), 'nano has no Durable Objects');
  throws(Error, () => new Flow(), 'nano has no Workflows');
  ok(new RpcStub({}) instanceof RpcStub);
  throws(TypeError, () => new RpcPromise(), 'Illegal constructor');
  throws(TypeError, () => new RpcProperty(), 'Illegal constructor');
  throws(Error, () => withExports({}, () => {}), 'nano has no withExports()');
  throws(Error, () => withEnvAndExports({}, {}, () => {}), 'nano has no withEnvAndExports()');
  throws(Error, () => exports.Admin, 'bind the app to itself in `services` to call its Admin');
  ok(new RpcTarget() instanceof RpcTarget);
  same(logs().length, 0);
});
