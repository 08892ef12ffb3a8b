// HTMLRewriter.

import { attempts, caseApp } from '../../case_app.js';

const kPage =
  '<!doctype html><html><head><title>old</title></head><body class="a"><p id="x">one <b>two</b></p><a href="/l">link</a><!-- note --><br></body></html>';
const rewrite = (rewriter, text = kPage) =>
  rewriter.transform(new Response(text, { headers: { 'content-type': 'text/html' } })).text();

export default caseApp({
  elements: () =>
    attempts({
      attributes: () =>
        rewrite(
          new HTMLRewriter().on('a', {
            element(e) {
              e.setAttribute('href', `${e.getAttribute('href')}?x="1"`);
              e.setAttribute('data-n', '1');
              e.removeAttribute('none');
            },
          }),
        ),
      content: () =>
        rewrite(
          new HTMLRewriter()
            .on('title', { element: (e) => void e.setInnerContent('<new>') })
            .on('p', {
              element(e) {
                e.before('<hr>', { html: true });
                e.after('after');
                e.prepend('pre ');
                e.append(' post');
              },
            }),
        ),
      remove: () =>
        rewrite(
          new HTMLRewriter()
            .on('b', { element: (e) => void e.removeAndKeepContent() })
            .on('a', { element: (e) => void e.remove() }),
        ),
      replace: () =>
        rewrite(
          new HTMLRewriter().on('p', {
            element: (e) => void e.replace('<q>new</q>', { html: true }),
          }),
        ),
      tag: () =>
        rewrite(
          new HTMLRewriter().on('p', {
            element(e) {
              e.tagName = 'div';
              e.onEndTag((end) => end.before('!'));
            },
          }),
        ),
      facts: async () => {
        const seen = [];
        await rewrite(
          new HTMLRewriter().on('p', {
            element(e) {
              seen.push(
                e.tagName,
                [...e.attributes],
                e.removed,
                e.namespaceURI,
                e.hasAttribute('id'),
              );
            },
          }),
        );
        return seen;
      },
    }),
  text: async () => {
    const seen = [];
    const out = await rewrite(
      new HTMLRewriter().on('p', {
        text(chunk) {
          seen.push([chunk.text, chunk.lastInTextNode]);
          if (chunk.text === 'two') chunk.replace('2');
        },
      }),
    );
    return [seen, out];
  },
  comments: () =>
    rewrite(new HTMLRewriter().on('*', { comments: (c) => void (c.text = `${c.text}!`) })),
  document: async () => {
    const seen = [];
    const out = await rewrite(
      new HTMLRewriter().onDocument({
        doctype: (d) => void seen.push([d.name, d.publicId, d.systemId]),
        end: (end) => void end.append('<!--end-->', { html: true }),
      }),
    );
    return [seen, out];
  },
  later: () =>
    rewrite(
      new HTMLRewriter().on('title', {
        async element(e) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          e.setInnerContent('late');
        },
      }),
    ),
  selectors: () =>
    attempts({
      child: () =>
        rewrite(new HTMLRewriter().on('p > b', { element: (e) => void e.setInnerContent('x') })),
      attribute: () =>
        rewrite(new HTMLRewriter().on('a[href^="/"]', { element: (e) => void e.remove() })),
      bad: () => rewrite(new HTMLRewriter().on('p:hover', {})),
      empty: () => new HTMLRewriter().on('', {}),
    }),
  failing: () =>
    attempts({
      throws: () =>
        rewrite(
          new HTMLRewriter().on('p', {
            element: () => {
              throw new RangeError('x');
            },
          }),
        ),
      rejects: () =>
        rewrite(
          new HTMLRewriter().on('p', {
            element: async () => {
              throw new RangeError('x');
            },
          }),
        ),
    }),
  headers: async () => {
    const response = new HTMLRewriter().transform(
      new Response('<p>x</p>', {
        status: 201,
        headers: { 'content-length': '8', 'content-type': 'text/html', 'x-own': '1' },
      }),
    );
    return [response.status, response.headers, await response.text()];
  },
  chunks: async () => {
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    const pieces = ['<p cl', 'ass="a">h', 'ä</', 'p>'].map((piece) =>
      new TextEncoder().encode(piece),
    );
    (async () => {
      for (const piece of pieces) await writer.write(piece);
      await writer.close();
    })();
    return new HTMLRewriter()
      .on('p.a', { element: (e) => void e.setAttribute('seen', '') })
      .transform(new Response(readable))
      .text();
  },
});
