/** @jsxRuntime automatic */
// react-dom/server.edge: streamed rendering with Suspense, errors, abort, hydration data.

import { createContext, lazy, Suspense, use, useContext, useId } from 'react';
import {
  renderToReadableStream,
  renderToString,
  renderToStaticMarkup,
} from 'react-dom/server.edge';

const Theme = createContext('light');
const later = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms));

function Field({ label }) {
  const id = useId();
  const theme = useContext(Theme);
  return (
    <label htmlFor={id} className={theme} style={{ marginTop: 4, '--own': 'x' }}>
      {label} <input id={id} defaultValue={'"quoted" & <b>'} readOnly />
    </label>
  );
}
const Item = ({ promise }) => <li>{use(promise)}</li>;
const Lazy = lazy(async () => ({ default: () => <p>loaded late</p> }));
const Failing = () => {
  throw new Error('of a component');
};

const Page = ({ children }) => (
  <html lang="en">
    <head>
      <title>A page</title>
      <meta name="description" content="ü & more" />
      <link rel="stylesheet" href="/a.css" precedence="default" />
    </head>
    <body>
      <Theme value="dark">{children}</Theme>
    </body>
  </html>
);

/** The chunks of a page whose parts come one after the other, each when the last one was read. */
async function inTurn() {
  const [first, second] = [Promise.withResolvers(), Promise.withResolvers()];
  const { stream } = await streamed(
    <ul>
      <Suspense fallback={<li>wait</li>}>
        <Item promise={second.promise} />
      </Suspense>
      <Suspense fallback={<li>wait too</li>}>
        <Item promise={first.promise} />
      </Suspense>
    </ul>,
  );
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const chunks = [(await reader.read()).value];
  for (const [{ resolve }, text] of [
    [first, 'first'],
    [second, 'second'],
  ]) {
    resolve(text);
    let seen = '';
    while (!seen.includes(`<li>${text}</li>`)) seen += (await reader.read()).value;
    chunks.push(seen);
  }
  for (let end = await reader.read(); !end.done; end = await reader.read()) chunks[2] += end.value;
  return chunks;
}

/** Each request has promises of its own. */
const pages = {
  '/page': () => <Field label="name" />,
  '/suspense': () => (
    <ul>
      <Suspense fallback={<li>wait</li>}>
        <Item promise={later(15, 'second')} />
      </Suspense>
      <Suspense fallback={<li>wait too</li>}>
        <Item promise={later(1, 'first')} />
      </Suspense>
    </ul>
  ),
  '/lazy': () => (
    <Suspense fallback="...">
      <Lazy />
    </Suspense>
  ),
  '/error-inside': () => (
    <Suspense fallback={<p>instead</p>}>
      <Failing />
    </Suspense>
  ),
  '/error': () => <Failing />,
  '/large': () => (
    <ol>
      {Array.from({ length: 3000 }, (_, i) => (
        <li key={i}>{`item ${i} of a long list`}</li>
      ))}
    </ol>
  ),
};

async function streamed(page, { all, signal } = {}) {
  const errors = [];
  const stream = await renderToReadableStream(<Page>{page}</Page>, {
    bootstrapScripts: ['/main.js'],
    bootstrapScriptContent: 'window.x = "</script>"',
    nonce: 'n0nce',
    signal,
    onError: (error) => {
      errors.push(String(error?.message ?? error));
      return 'digest';
    },
  });
  if (all) await stream.allReady;
  return { stream, errors };
}

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    if (pathname === '/string')
      return new Response(renderToString(<Page>{pages['/page']()}</Page>), { headers });
    if (pathname === '/static')
      return new Response(renderToStaticMarkup(<Field label="x" />), { headers });
    if (pathname === '/in-turn') return Response.json(await inTurn());
    if (pathname === '/abort') {
      const controller = new AbortController();
      const { stream, errors } = await streamed(
        <Suspense fallback={<p>never</p>}>
          <Item promise={new Promise(() => {})} />
        </Suspense>,
        { signal: controller.signal },
      );
      controller.abort(new Error('enough'));
      const text = await new Response(stream).text();
      return Response.json({ errors, text });
    }
    try {
      const { stream } = await streamed(pages[pathname](), { all: searchParams.has('all') });
      return new Response(stream, { headers });
    } catch (error) {
      return new Response(`<h1>${error.message}</h1>`, { status: 500, headers });
    }
  },
};
