// @ts-check
// Objects of interfaces in calls: snapshot/js/rpc/packed_objects.js.

import { ok, rejects, same, test } from './harness.js';
import { bindTo, calling, inRequest, WorkerEntrypoint } from './rpc_loop.js';

class Back extends WorkerEntrypoint {
  echo(value) {
    return value;
  }

  respond(body, init) {
    return new Response(body, init);
  }

  async read(message) {
    return [
      message.url ?? message.status,
      message.method,
      [...message.headers],
      await message.text(),
    ];
  }

  async total(stream) {
    let total = 0;
    for await (const chunk of stream) total += chunk.length;
    return total;
  }

  count(to) {
    let next = 0;
    return new ReadableStream({
      pull(controller) {
        if (next === to) controller.close();
        else controller.enqueue(new Uint8Array([next++]));
      },
    });
  }

  two() {
    return [this.count(1), this.count(1)];
  }

  texts() {
    return new ReadableStream({
      start(controller) {
        controller.enqueue(1);
      },
    });
  }
}
const withBack = (body) => calling({ default: Back }, body);

const streamOf = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

test('headers arrive as headers', () =>
  withBack(async (service) => {
    const headers = new Headers([
      ['a', '1'],
      ['set-cookie', 'x'],
      ['set-cookie', 'y'],
    ]);
    const back = await service.echo(headers);
    ok(back instanceof Headers && back !== headers);
    same([...back], [...headers]);
    back.set('a', '2');
    same(headers.get('a'), '1');
  }));

test('blobs and files arrive with their bytes and facts, and with nothing else of their buffer', () =>
  withBack(async (service) => {
    const blob = new Blob(['0123456789'], { type: 'text/x' }).slice(2, 5, 'text/y');
    const back = await service.echo(blob);
    same([await back.text(), back.type, back instanceof File], ['234', 'text/y', false]);
    const file = await service.echo(new File(['abc'], 'n.txt', { type: 'a/b', lastModified: 5 }));
    same([await file.text(), file.name, file.type, file.lastModified], ['abc', 'n.txt', 'a/b', 5]);
    const [first, second] = await service.echo([blob, blob]);
    ok(first === second, 'one object stays one');
  }));

test('a part of a blob takes nothing else with it', () =>
  inRequest(async () => {
    const { service, seen } = bindTo({ default: Back });
    await service.echo(new Blob(['hidden, shown']).slice(8));
    const sent = new TextDecoder('latin1').decode(seen[0].body);
    same([sent.includes('shown'), sent.includes('hidden')], [true, false]);
  }));

test('a response arrives with its status, headers and body', () =>
  withBack(async (service) => {
    const init = {
      status: 418,
      statusText: 'Teapot',
      headers: [
        ['x-a', '1'],
        ['content-type', 'a/b'],
      ],
    };
    const response = await service.respond('text', init);
    same([response.status, response.statusText, response.headers.get('x-a')], [418, 'Teapot', '1']);
    same([response.headers.get('content-type'), await response.text()], ['a/b', 'text']);
    same((await service.respond(null, { status: 204 })).body, null);
    response.headers.set('x-b', '2');
    const bytes = await service.respond(new Uint8Array([1, 2, 3]));
    same([...new Uint8Array(await bytes.arrayBuffer())], [1, 2, 3]);
    same([...bytes.headers], []);
  }));

test('a request arrives with its URL, method, headers and body', () =>
  withBack(async (service) => {
    const request = new Request('https://x.test/p?q', {
      method: 'PUT',
      headers: { a: 'b' },
      body: 'data',
    });
    const expected = [
      ['a', 'b'],
      ['content-type', 'text/plain;charset=UTF-8'],
    ];
    same(await service.read(request), ['https://x.test/p?q', 'PUT', expected, 'data']);
    ok(request.bodyUsed, 'its body went with it');
    await rejects('DataCloneError', service.read(request), 'has been read');
    same(await service.read(new Request('https://x.test/')), ['https://x.test/', 'GET', [], '']);
    await rejects(TypeError, service.echo(Response.error()));
  }));

test('a stream of bytes is read where it arrives, while it is made', () =>
  withBack(async (service) => {
    const chunks = [];
    for await (const chunk of await service.count(3)) chunks.push(...chunk);
    same(chunks, [0, 1, 2]);
    const response = await service.respond('small');
    same(await new Response(response.body).text(), 'small');
    const { stream, n } = await service.echo({ n: 1, stream: undefined });
    same([stream, n], [undefined, 1]);
  }));

test('a stream that is empty ends at once', () =>
  withBack(async (service) => same(await new Response(await service.count(0)).text(), '')));

test('a stream goes with the arguments', () =>
  inRequest(async () => {
    const { service, seen, passOn } = bindTo({ default: Back });
    const total = service.total(streamOf('abc', 'defg'));
    while (seen[0]?.body === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    seen[0].whole = seen[0].body;
    passOn(seen[0]);
    same(await total, 7);
  }));

test('one stream goes with a message, unread', () =>
  withBack(async (service) => {
    await rejects('DataCloneError', service.echo([streamOf('a'), streamOf('b')]), 'one stream');
    await rejects('DataCloneError', service.two(), 'one stream');
    const locked = streamOf('a');
    locked.getReader();
    await rejects('DataCloneError', service.echo(locked), 'is locked');
  }));

test('a stream that is handed on is nobody else to read', () =>
  inRequest(async () => {
    const { service } = bindTo({ default: Back });
    const stream = streamOf('a');
    service.echo(stream);
    ok(stream.locked);
    await rejects(TypeError, async () => stream.getReader());
  }));

test('a stream without bytes fails where it is read', () =>
  withBack(async (service) => {
    const stream = await service.texts();
    await rejects(Error, new Response(stream).text(), 'it broke off');
  }));

test('packed objects that are broken make no objects', () =>
  inRequest(async () => {
    const { service, answerWith } = bindTo({ default: Back });
    // [3, then the sizes, a list of one packed object, and a reference to it].
    const messageOf = (packed) => {
      const one = [
        0xff,
        15,
        0x41,
        1,
        0x41,
        packed.length,
        ...packed.flat(),
        0x24,
        0,
        packed.length,
        0x24,
        0,
        1,
      ];
      const two = [0xff, 15, 0x5c, 0];
      return new Uint8Array([3, 0, 0, 0, one.length, 0, 0, 0, two.length, 0, 0, 0, ...one, ...two]);
    };
    const text = (value) => [0x22, value.length, ...new TextEncoder().encode(value)];
    const kTrue = [0x54];
    answerWith({ body: messageOf([text('Blob'), text('x'), text('type')]) });
    await rejects(Error, service.echo(), 'an object that is broken');
    answerWith({ body: messageOf([text('Evil')]) });
    await rejects(Error, service.echo(), 'an object that is broken');
    answerWith({ body: messageOf([text('Response'), kTrue, text(''), kTrue, kTrue]) });
    await rejects(Error, service.echo(), 'The status provided (1)');
    answerWith({
      body: messageOf([
        text('Request'),
        text('no url'),
        text('GET'),
        kTrue,
        text('follow'),
        text(''),
      ]),
    });
    await rejects(TypeError, service.echo());
    answerWith({ body: messageOf([text('Headers'), kTrue]) });
    await rejects(Error, service.echo(), 'an object that is broken');
    answerWith({ body: messageOf([text('ReadableStream'), kTrue]) });
    ok((await service.echo()) instanceof ReadableStream, 'an empty one, as the message ends there');
  }));
