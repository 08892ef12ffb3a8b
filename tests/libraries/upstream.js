// What stands for the services that libraries call.

const json = (response, value, status = 200, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
};

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** The headers that the app or its library chose, and not a runtime. */
const chosen = ({ headers }, names) =>
  Object.fromEntries(names.map((name) => [name, headers[name] ?? null]));

const words = ['Hel', 'lo', ', ', 'wörld', '!'];

/** A streamed completion whose pieces cut lines and characters anywhere. */
async function streamCompletion(response) {
  const events = words.map((content, i) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: i === 0 ? { role: 'assistant', content } : { content } }],
  }));
  const text = [
    ...events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
    'data: [DONE]\n\n',
  ].join('');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 37) {
    response.write(bytes.subarray(at, at + 37));
    await new Promise(setImmediate);
  }
  response.end();
}

let failures = 0;
const routes = {
  async 'POST /v1/chat/completions'(request, response) {
    const asked = JSON.parse(await bodyOf(request));
    if (asked.stream) return streamCompletion(response);
    if (asked.model === 'missing')
      return json(
        response,
        {
          error: {
            message: 'no such model',
            type: 'invalid_request_error',
            code: 'model_not_found',
          },
        },
        404,
        { 'x-request-id': 'r1' },
      );
    if (asked.model === 'flaky' && failures++ % 2 === 0)
      return json(response, { error: { message: 'later' } }, 503, { 'retry-after-ms': '1' });
    const message = {
      role: 'assistant',
      content: JSON.stringify({
        ...chosen(request, ['authorization', 'content-type', 'accept']),
        messages: asked.messages,
      }),
    };
    return json(response, {
      id: 'c2',
      object: 'chat.completion',
      choices: [{ index: 0, finish_reason: 'stop', message }],
    });
  },
  async 'POST /v1/files'(request, response) {
    const body = await bodyOf(request);
    const type = request.headers['content-type'].split(';')[0];
    const boundary = /boundary=(.*)/.exec(request.headers['content-type'])[1];
    json(response, {
      id: 'f1',
      object: 'file',
      type,
      parts: body.split(`--${boundary}`).length - 2,
      hasName: body.includes('filename="a.jsonl"'),
    });
  },
  'GET /v1/models'(_, response) {
    json(response, { object: 'list', data: ['a', 'b'].map((id) => ({ id, object: 'model' })) });
  },
  async 'POST /v1/customers'(request, response) {
    const form = new URLSearchParams(await bodyOf(request));
    if (form.get('email') === 'bad')
      return json(
        response,
        {
          error: {
            type: 'invalid_request_error',
            message: 'no address',
            param: 'email',
            code: 'email_invalid',
          },
        },
        400,
      );
    return json(response, {
      id: 'cus_1',
      object: 'customer',
      form: Object.fromEntries(form),
      ...chosen(request, ['content-type', 'authorization', 'stripe-version', 'idempotency-key']),
    });
  },
  'GET /v1/customers'(request, response) {
    const after = new URL(request.url, 'http://x').searchParams.get('starting_after');
    const ids = after === null ? ['cus_1', 'cus_2'] : ['cus_3'];
    json(response, {
      object: 'list',
      url: '/v1/customers',
      has_more: after === null,
      data: ids.map((id) => ({ id, object: 'customer' })),
    });
  },
  'GET /h3/proxied'(request, response) {
    response.writeHead(206, {
      'x-upstream': '1',
      'set-cookie': ['a=1', 'b=2'],
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(chosen(request, ['x-client', 'accept', 'cookie'])));
  },
  async 'PUT /bucket/key'(request, response) {
    json(response, {
      body: await bodyOf(request),
      ...chosen(request, ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'content-type']),
    });
  },
};

export function answer(request, response) {
  const route = routes[`${request.method} ${request.url.split('?')[0]}`];
  if (route) route(request, response);
  else json(response, { unknown: `${request.method} ${request.url}` }, 404);
}
