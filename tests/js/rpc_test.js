// @ts-check
// Methods by service bindings: snapshot/js/rpc.

import { logs, ok, rejects, same, sendCall, sleep, test } from './harness.js';
import { bindTo, calling, inRequest, RpcTarget, WorkerEntrypoint } from './rpc_loop.js';

const kEmptyCall = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 255, 15, 65, 0, 36, 0, 0]);

class Base extends WorkerEntrypoint {
  inherited() {
    return 'from the base';
  }
}

class Back extends Base {
  own = () => 'not to be reached';
  #secret = 'private';

  add(a, b) {
    return a + b;
  }

  async echo(...args) {
    return args;
  }

  get answer() {
    return 42;
  }

  get reader() {
    return () => this.#secret;
  }

  who() {
    return [this.env.NAME, this.ctx.props];
  }

  give(what) {
    return { instance: this, weak: new WeakMap() }[what];
  }

  fetch() {
    return new Response('fetched');
  }
}

const withBack = (body, binding) => calling({ default: Back }, body, binding);

test('a method is called with copies of its arguments and gives a copy of its result', () =>
  withBack(async (service) => {
    same(await service.add(2, 3), 5);
    const given = { list: [1, { deep: new Map([['k', new Date(7)]]) }], big: 10n, u: undefined };
    const [back] = await service.echo(given);
    same(
      [Object.keys(back), back.list[1].deep, back.big],
      [Object.keys(given), given.list[1].deep, 10n],
    );
    ok(back !== given);
    same(await service.echo(), []);
    same(await service.inherited(), 'from the base');
  }));

test('a method sees its env, and the props of its binding', () =>
  withBack(async (service) => same(await service.who(), ['its own', { role: 'admin' }]), {
    props: '{"role":"admin"}',
  }));

test('without props ctx.props is empty', () =>
  withBack(async (service) => same(await service.who(), ['its own', {}])));

test('a getter of the class is called, and read by await', () =>
  withBack(async (service) => {
    same(await service.answer, 42);
    same(await service.answer.then((value) => value + 1), 43);
    same(await service.reader(), 'private');
    await rejects(TypeError, service.answer(), '"answer" is not a function.');
    same(await (await service.add)(2, 3), 5);
    same(await service.nothing.catch((error) => error.name), 'TypeError');
    let finished = false;
    await service.answer.finally(() => {
      finished = true;
    });
    ok(finished);
  }));

test('nothing but members of its classes is reached', () =>
  withBack(async (service) => {
    for (const name of ['own', 'env', 'ctx', '#secret', 'none', '__lookupGetter__x']) {
      const text = `The RPC receiver does not implement the method "${name}".`;
      await rejects(TypeError, service[name](), text);
    }
    for (const name of ['alarm', 'dup', 'webSocketMessage']) {
      await rejects(TypeError, service[name](), `'${name}' is a reserved method`);
    }
    same(logs().length > 0, true);
  }));

test('what every object has is no call', () => {
  const { service, seen } = bindTo({ default: Back });
  same(
    [typeof service.toString, typeof service.hasOwnProperty, service.then],
    ['function', 'function', undefined],
  );
  same([`${service}`, service.constructor.name], ['[object Fetcher]', 'Fetcher']);
  same(JSON.stringify({ service }), '{"service":{}}');
  same(
    [service[Symbol.iterator], service[''], 'add' in service, Object.keys(service)],
    [undefined, undefined, true, []],
  );
  same(
    [typeof service.add, typeof service.add.name, 'then' in service],
    ['function', 'function', false],
  );
  ok(Object.isFrozen(service));
  console.log(service);
  same(seen.length, 0);
});

test('a stub can be awaited and returned', async () => {
  const { service } = bindTo({ default: Back });
  ok((await service) === service);
  ok((await (async () => service)()) === service);
});

test('names of methods leave with the call, and the app is asked for nothing else', () =>
  inRequest(async () => {
    const { service, seen } = bindTo({ default: Back });
    await service.add(1, 2);
    const { rpcMethod, method, headers, service: binding } = seen[0];
    same([rpcMethod, method, headers, binding], ['add', 'POST', [], 'SVC']);
    same(await service.add.call(undefined, 1, 2), 3);
    same(await service.add.apply(null, [3, 4]), 7);
  }));

test('what cannot be sent is refused before the call, by a DataCloneError', () =>
  inRequest(async () => {
    const { service, seen } = bindTo({ default: Back });
    class Point {}
    const refused = [
      Symbol('s'),
      new Point(),
      service,
      service.add,
      [() => {}, new WeakMap()],
      new Proxy(new RpcTarget(), {}),
    ];
    refused.push(
      new URL('http://x.test/'),
      new WritableStream(),
      new AbortController().signal,
      new WeakMap(),
    );
    for (const value of refused) {
      await rejects('DataCloneError', service.echo(value), 'A call carries copies of data');
    }
    const text =
      'Could not serialize object of type "Point". This type does not support serialization.';
    await rejects('DataCloneError', service.echo(new Point()), text);
    await rejects(
      Error,
      service.echo({
        get bad() {
          throw new Error('mine');
        },
      }),
      'mine',
    );
    same(seen.length, 0);
  }));

test('a result that cannot be sent is an error of the call', () =>
  withBack(async (service) => {
    for (const what of ['instance', 'weak']) {
      await rejects('DataCloneError', service.give(what), 'A call carries copies of data');
    }
    same(await service.give('nothing'), undefined);
  }));

test('a result can be let go of by `using`', () =>
  withBack(async (service) => {
    const result = await service.echo(1);
    same(
      [
        result[Symbol.dispose](),
        Object.getOwnPropertyDescriptor(result, Symbol.dispose).enumerable,
      ],
      [undefined, false],
    );
  }));

test('arguments larger than a request may be are refused by their size', () =>
  inRequest(async () => {
    const { service, seen } = bindTo({ default: Back });
    const half = new Uint8Array(9 << 20);
    await rejects(Error, service.echo(half, new Uint8Array(9 << 20)), 'are limited to 16MiB');
    await rejects(Error, service.echo(new Uint8Array(40 << 20)), 'are limited to 16MiB');
    same(seen.length, 0);
  }));

test('what nanod says in the place of the app is an error of the call', () =>
  inRequest(async () => {
    const { service, answerWith } = bindTo({ default: Back });
    answerWith({ failure: "fetch failed: the app 'back' did not answer: it is not deployed" });
    const error = await service.add(1, 2).catch((thrown) => thrown);
    same(
      error.message,
      "The call of add() failed: the app 'back' did not answer: it is not deployed",
    );
    ok(error.stack.startsWith(`Error: ${error.message}\n`), error.stack);
  }));

test('an answer that is no message is an error', () =>
  inRequest(async () => {
    const { service, answerWith } = bindTo({ default: Back });
    const good = [3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0xff, 15];
    const bad = [
      '',
      'x',
      'twelve bytes',
      new Uint8Array(good),
      ['ab', 'cd'],
      ['abcdefgh', 'ijklmnopq'],
    ];
    for (const body of bad) {
      answerWith({ body });
      await rejects(Error, service.add(1, 2));
    }
    answerWith({});
    await rejects(Error, service.add(1, 2), 'The message of a call is broken.');
    answerWith({ body: [new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1])] });
    await rejects(Error, service.add(1, 2), '4294967307 bytes');
    answerWith({ body: ['abc', new Error('broke off')] });
    await rejects(Error, service.add(1, 2), 'broke off');
  }));

test('what is no list of arguments calls nothing', async () => {
  const messageOf = (kind, ...value) =>
    new Uint8Array([kind, 0, 0, 0, 0, 0, 0, 0, value.length + 2, 0, 0, 0, 0xff, 15, ...value]);
  const huge = [0xfe, 0xff, 0xff, 0xff, 0x0f];
  const bodies = [
    messageOf(1, 0x5f), // undefined
    messageOf(1, 0x6f, 0x7b, 0), // {}
    messageOf(1, 0x61, ...huge, 0x40, 0, ...huge), // a list of 4294967294 holes
    messageOf(3, 0x41, 0, 0x24, 0, 0), // a result
    undefined,
    new Uint8Array(5),
  ];
  for (const body of bodies) {
    const { body: bytes } = await sendCall({ method: 'add', body }, { default: Back }).done;
    ok(new TextDecoder('latin1').decode(bytes).includes('The message of a call is broken.'));
  }
  same(
    await calling({ default: Back }, async (service) => service.echo(...Array(60000).fill(1))).then(
      () => 1,
    ),
    1,
  );
});

test('an object in the place of an instance gives nothing that all objects have', () => {
  class Other extends WorkerEntrypoint {
    constructor() {
      super();
      return { own() {} };
    }
  }
  return calling({ default: Other }, async (service) => {
    for (const name of ['own', '__defineSetter__', '__proto__', 'isPrototypeOf']) {
      const { done } = sendCall({ method: name, body: kEmptyCall }, { default: Other });
      const text = new TextDecoder('latin1').decode((await done).body);
      ok(text.includes('does not implement the method'), name);
    }
  });
});

test('outside of a request nothing is called', async () => {
  const { service } = bindTo({ default: Back }, {}, { isOutside: true });
  await rejects(Error, service.add(1, 2), 'global scope');
});

test('a message in many pieces is put together', () =>
  inRequest(async () => {
    const { service, split } = bindTo({ default: Back });
    split();
    const text = 'long '.repeat(50);
    same(await service.echo(text, 1), [text, 1]);
    await sleep(1);
  }));
