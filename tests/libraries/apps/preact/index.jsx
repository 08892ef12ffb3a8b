/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// preact-render-to-string: strings, async components, streams.

import { createContext, Fragment } from 'preact';
import { useContext, useId, useMemo, useState } from 'preact/hooks';
import { renderToString, renderToStringAsync } from 'preact-render-to-string';
import { renderToReadableStream } from 'preact-render-to-string/stream';
import { lazy, Suspense } from 'preact/compat';

const Lang = createContext('en');
function Counter({ start }) {
  const [count] = useState(start);
  const squared = useMemo(() => count ** 2, [count]);
  return (
    <p
      id={useId()}
      lang={useContext(Lang)}
      class={{ toString: () => 'c' }}
      style={{ color: 'red', fontSize: 12 }}
    >
      {count}/{squared} {'<&">'}
    </p>
  );
}
const page = (
  <Lang.Provider value="de">
    <Fragment>
      <Counter start={4} />
      <svg viewBox="0 0 1 1">
        <path strokeWidth={2} />
      </svg>
      <div dangerouslySetInnerHTML={{ __html: '<i>raw</i>' }} />
      <input disabled checked={false} value="x" />
    </Fragment>
  </Lang.Provider>
);
const makeLazy = () => lazy(async () => () => <b>late</b>);

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const headers = { 'content-type': 'text/html' };
    const Late = makeLazy();
    const suspended = (
      <main>
        <Suspense fallback={<i>wait</i>}>
          <Late />
        </Suspense>
      </main>
    );
    if (pathname === '/string') return new Response(renderToString(page), { headers });
    if (pathname === '/async')
      return new Response(await renderToStringAsync(suspended), { headers });
    return new Response(renderToReadableStream(suspended), { headers });
  },
};
