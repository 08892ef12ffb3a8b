// openai: requests, streams, uploads, errors and retries, against a service on loopback.

import OpenAI, { toFile } from 'openai';

const messages = [{ role: 'user', content: 'hällo' }];
const routes = {
  async '/chat'(client) {
    const { choices } = await client.chat.completions.create({ model: 'a', messages });
    return JSON.parse(choices[0].message.content);
  },
  async '/stream'(client) {
    const stream = await client.chat.completions.create({ model: 'a', messages, stream: true });
    const pieces = [];
    for await (const chunk of stream) pieces.push(chunk.choices[0].delta.content);
    return pieces;
  },
  async '/stopped'(client) {
    const stream = await client.chat.completions.create({ model: 'a', messages, stream: true });
    for await (const chunk of stream)
      return { first: chunk.choices[0].delta, aborted: stream.controller.signal.aborted };
    return null;
  },
  async '/tee'(client) {
    const [left, right] = (
      await client.chat.completions.create({ model: 'a', messages, stream: true })
    ).tee();
    const lines = await new Response(left.toReadableStream()).text();
    let words = '';
    for await (const chunk of right) words += chunk.choices[0].delta.content;
    return { lines: lines.trim().split('\n').length, words };
  },
  async '/helper'(client) {
    const events = [];
    const runner = client.chat.completions
      .stream({ model: 'a', messages })
      .on('content', (delta) => events.push(delta));
    const text = await runner.finalContent().catch((error) => `${error.constructor.name}`);
    return { events, text };
  },
  async '/models'(client) {
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    return ids;
  },
  async '/upload'(client) {
    return client.files.create({
      purpose: 'batch',
      file: await toFile(new TextEncoder().encode('{}'), 'a.jsonl'),
    });
  },
  async '/error'(client) {
    const error = await client.chat.completions
      .create({ model: 'missing', messages })
      .catch((one) => one);
    const { status, code, type, requestID, message } = error;
    return { name: error.constructor.name, status, code, type, requestID, message };
  },
  async '/retry'(client) {
    const { choices } = await client.chat.completions.create(
      { model: 'flaky', messages },
      { maxRetries: 2 },
    );
    return choices.length;
  },
  async '/timeout'(client) {
    const error = await client
      .get('/nothing-to-come', { timeout: 1, maxRetries: 0, signal: AbortSignal.abort() })
      .catch((one) => one);
    return error.constructor.name;
  },
};

/** Requests that the service stream on, as an app for a browser would. */
async function passOn(client) {
  const stream = await client.chat.completions.create({ model: 'a', messages, stream: true });
  return new Response(stream.toReadableStream(), {
    headers: { 'content-type': 'application/x-ndjson' },
  });
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const client = new OpenAI({ apiKey: 'key-1', baseURL: `${env.UPSTREAM}/v1` });
    if (pathname === '/') return Response.json(Object.keys(routes));
    if (pathname === '/pass-on') return passOn(client);
    return Response.json(await routes[pathname](client));
  },
};
