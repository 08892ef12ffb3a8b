// @ts-check
// From the host's request to the handler and back: snapshot/js/dispatch.js.

import {
  bytes,
  callEntryPoint,
  dispatch,
  logs,
  ok,
  rejects,
  same,
  send,
  sleep,
  test,
} from './harness.js';

test('the handler gets what the client sent', async () => {
  const init = {
    url: 'https://a.test/x?y',
    method: 'PUT',
    headers: { 'X-One': '1', 'x-two': '2' },
    body: 'content',
  };
  let seen;
  await dispatch(init, async (request) => {
    const headers = [...request.headers];
    seen = [request.url, request.method, headers, await request.text(), request.redirect];
    return new Response();
  });
  const headers = [['x-one', '1'], ['x-two', '2']];
  same(seen, ['https://a.test/x?y', 'PUT', headers, 'content', 'manual']);
});

test('a string goes out as text, whether the handler waits or not', async () => {
  for (const handler of [() => new Response('h\u00e9'), async () => new Response('h\u00e9')]) {
    const answer = await dispatch({}, handler);
    same([answer.status, answer.text], [200, 'h\u00e9']);
    same(answer.headers, [['content-type', 'text/plain;charset=UTF-8']]);
  }
});

test('status, status text and headers go out as they are', async () => {
  const headers = [['Set-Cookie', 'a'], ['set-cookie', 'b']];
  const init = { status: 418, statusText: 'Teapot', headers };
  const answer = await dispatch({}, () => new Response(null, init));
  same([answer.status, answer.statusText, answer.body], [418, 'Teapot', null]);
  same(answer.headers, [['set-cookie', 'a'], ['set-cookie', 'b']]);
});

test('headers set after the making go out, too', async () => {
  const answer = await dispatch({}, () => {
    const response = new Response('x');
    response.headers.set('x', '\u00e9');
    response.headers.delete('content-type');
    return response;
  });
  same(answer.headers, [['x', '\u00e9']]);
});

test('bytes go out as they are', async () => {
  const answer = await dispatch({}, () => new Response(bytes(0, 255, 1)));
  same(answer.body, bytes(0, 255, 1));
  same(answer.headers, []);
});

test('a lone surrogate goes out as a replacement character', async () => {
  same((await dispatch({}, () => new Response('a\ud800'))).text, 'a\ufffd');
});

test('this, env and ctx are the handler\'s', async () => {
  const env = { NAME: 'value' };
  const handler = {
    own: 'mine',
    async fetch(request, given, ctx) {
      return Response.json([this.own, given === env, typeof ctx.waitUntil, ctx.props]);
    },
  };
  same((await dispatch({}, handler, env)).text, '["mine",true,"function",{}]');
});

test('what the handler throws, now or later, fails the request', async () => {
  const error = new Error('broken');
  const throwing = () => {
    throw error;
  };
  await rejects(error, dispatch({}, throwing));
  await rejects(error, dispatch({}, async () => throwing()));
});

test('what is no Response fails the request', async () => {
  for (const result of [undefined, null, 'text', {}, { status: 200 }]) {
    await rejects(TypeError, dispatch({}, () => result), 'Response');
    await rejects(TypeError, dispatch({}, async () => result), 'Response');
  }
});

test('a thenable is waited for', async () => {
  const answer = await dispatch({}, () => ({
    then(resolve) {
      resolve(new Response('later'));
    },
  }));
  same(answer.text, 'later');
});

test('a handler without fetch() fails the request', async () => {
  await rejects(TypeError, dispatch({}, {}), 'fetch');
  await rejects(TypeError, dispatch({}, { fetch: 1 }), 'fetch');
});

test('a response is given once', async () => {
  const shared = new Response('x');
  const empty = new Response(null, { status: 204 });
  same((await dispatch({}, () => shared)).text, 'x');
  await rejects(TypeError, dispatch({}, () => shared));
  await rejects(TypeError, shared.text());
  same(shared.bodyUsed, true);
  same((await dispatch({}, () => empty)).status, 204);
  same((await dispatch({}, () => empty)).status, 204);
});

test('a response that has been read, or is being read, fails the request', async () => {
  await rejects(TypeError, dispatch({}, async () => {
    const response = new Response('x');
    await response.text();
    return response;
  }));
  await rejects(TypeError, dispatch({}, () => {
    const response = new Response('x');
    response.body?.getReader();
    return response;
  }));
});

test('a network error fails the request', async () => {
  await rejects(TypeError, dispatch({}, () => Response.error()));
});

test('a body that somebody only looked at goes out whole', async () => {
  const answer = await dispatch({}, () => {
    const response = new Response('abc');
    ok(response.body);
    return response;
  });
  same(answer.text, 'abc');
});

test('the request body goes back as the response body', async () => {
  const init = { method: 'POST', body: 'echo' };
  same((await dispatch(init, (request) => new Response(request.body))).text, 'echo');
  const streamed = { method: 'POST', body: ['ec', 'ho'] };
  same((await dispatch(streamed, (request) => new Response(request.body))).text, 'echo');
  const through = (request) => new Response(new Request(request).body);
  same((await dispatch(streamed, through)).text, 'echo');
});

test('a streamed request body is read in each way', async () => {
  const init = { method: 'POST', body: ['{"a"', ':1}'] };
  const read = async (how) => {
    let seen;
    await dispatch(init, async (request) => {
      seen = await how(request);
      return new Response();
    });
    return seen;
  };
  same(await read((request) => request.json()), { a: 1 });
  same(await read((request) => request.text()), '{"a":1}');
  same((await read((request) => request.arrayBuffer())).byteLength, 7);
  same(await read((request) => Array.fromAsync(request.body, (chunk) => chunk.length)), [4, 3]);
  same(await read(async (request) => [await request.clone().text(), await request.text()]), [
    '{"a":1}',
    '{"a":1}',
  ]);
});

test('a client that breaks off breaks the body', async () => {
  const init = { method: 'POST', body: ['a', new Error('gone')] };
  const failed = async (request) => {
    try {
      return new Response(await request.text());
    } catch (error) {
      return new Response(`failed: ${error instanceof Error}`);
    }
  };
  same((await dispatch(init, failed)).text, 'failed: true');
});

test('a request body that is cancelled is cancelled at the host', async () => {
  const exchange = send({ method: 'POST', body: ['a', 'b'] }, async (request) => {
    await request.body.cancel();
    return new Response('done');
  });
  same((await exchange.done).text, 'done');
  same(exchange.given.bodyCancelled, true);
});

test('the signal aborts when the client goes', async () => {
  let reason;
  const exchange = send({}, async (request) => {
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
    reason = request.signal.reason;
    return new Response('too late');
  });
  exchange.abort();
  await sleep();
  same(reason?.name, 'AbortError');
});

test('the signal of an answered request does not abort', async () => {
  let signal;
  const exchange = send({}, (request) => {
    signal = request.signal;
    return new Response('x');
  });
  await exchange.done;
  exchange.abort();
  same(signal.aborted, false);
});

test('waitUntil() hands promises, and what can be one, to the host', async () => {
  const exchange = send({}, (request, env, ctx) => {
    ctx.waitUntil(sleep(5).then(() => 'slow'));
    ctx.waitUntil('value');
    return new Response('x');
  });
  same((await exchange.done).text, 'x');
  same(await Promise.all(exchange.waited()), ['slow', 'value']);
});

test('a context is of one request and of no other object', async () => {
  await dispatch({}, async (request, env, ctx) => {
    await rejects(TypeError, async () => (0, ctx.waitUntil)(Promise.resolve()));
    await rejects(TypeError, async () => ctx.waitUntil());
    await rejects(TypeError, async () => new ctx.constructor());
    ctx.passThroughOnException();
    return new Response();
  });
});

test('env has the variables, JSON ones parsed', () => {
  const env = callEntryPoint('makeEnv', ['A', 0, 'text', 'B', 1, '{"c":[1]}', '__proto__', 0, 'p']);
  same(Object.keys(env), ['A', 'B', '__proto__']);
  same([env.A, env.B], ['text', { c: [1] }]);
  same(Object.getPrototypeOf(env), Object.prototype);
});

test('console shows requests, responses and headers', async () => {
  await dispatch({ headers: { a: 'b' } }, (request) => {
    console.log(request.headers);
    console.log(request);
    const response = new Response('x', { status: 201 });
    console.log(response);
    return response;
  });
  const lines = logs().map(({ line }) => line);
  same(lines[0], "Headers { a: 'b' }");
  ok(lines[1].startsWith("Request {") && lines[1].includes("method: 'GET'"), lines[1]);
  ok(lines[2].startsWith("Response {") && lines[2].includes('status: 201'), lines[2]);
});
