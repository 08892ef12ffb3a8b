// @ts-check
// HTMLRewriter, as Workers has it.

import { ok, rejects, same, sleep, test, throws } from './harness.js';

const HTMLRewriter = /** @type {any} */ (globalThis).HTMLRewriter;

/** What becomes of a document; `register` adds handlers. */
const rewrite = (html, register) => {
  const rewriter = new HTMLRewriter();
  register(rewriter);
  return rewriter.transform(new Response(html)).text();
};

test('an element is changed in every way', async () => {
  const changes = {
    before: '[x]<p id="a">in</p>',
    after: '<p id="a">in</p>[x]',
    prepend: '<p id="a">[x]in</p>',
    append: '<p id="a">in[x]</p>',
    replace: '[x]',
    setInnerContent: '<p id="a">[x]</p>',
  };
  for (const [method, expected] of Object.entries(changes)) {
    const plain = await rewrite('<p id="a">in</p>', (rewriter) =>
      rewriter.on('p', { element: (element) => void element[method]('<b>') }),
    );
    same(plain, expected.replace('[x]', '&lt;b&gt;'), method);
    const html = await rewrite('<p id="a">in</p>', (rewriter) =>
      rewriter.on('p', { element: (element) => void element[method]('<b>', { html: true }) }),
    );
    same(html, expected.replace('[x]', '<b>'), method);
  }
  same(
    await rewrite('<p>a<i>b</i></p>', (rewriter) =>
      rewriter
        .on('i', { element: (element) => element.removeAndKeepContent() })
        .on('p', { element: (element) => element.remove().removed && element.after('z') }),
    ),
    'z',
  );
});

test('attributes and names are read and set', async () => {
  const seen = /** @type {any[]} */ ([]);
  const html = await rewrite('<A Href="x" b><svg/></a>', (rewriter) =>
    rewriter
      .on('a', {
        element(element) {
          seen.push(element.tagName, element.namespaceURI, [...element.attributes]);
          seen.push(element.getAttribute('HREF'), element.getAttribute('none'));
          seen.push(element.hasAttribute('b'), element.removed);
          element.setAttribute('href', 'ö"').removeAttribute('b').tagName = 'link';
          element.setAttribute('n', 5);
        },
      })
      .on('svg', { element: (element) => void seen.push(element.namespaceURI) }),
  );
  same(html, '<link Href="ö&quot;" n="5"><svg/></link>');
  same(seen.slice(0, 3), [
    'a',
    'http://www.w3.org/1999/xhtml',
    [
      ['href', 'x'],
      ['b', ''],
    ],
  ]);
  same(seen.slice(3), ['x', null, true, false, 'http://www.w3.org/2000/svg']);
});

test('text comes in chunks, comments, doctype and the end once each', async () => {
  const seen = /** @type {any[]} */ ([]);
  const html = await rewrite('<!DOCTYPE html PUBLIC "a" "b"><p>one<!--c-->two</p>', (rewriter) =>
    rewriter
      .on('p', {
        text(text) {
          seen.push(['text', text.text, text.lastInTextNode]);
          if (text.text === 'one') text.replace('ONE');
        },
        comments(comment) {
          seen.push(['comment', comment.text]);
          comment.text = 'C';
        },
      })
      .onDocument({
        doctype: ({ name, publicId, systemId }) => void seen.push([name, publicId, systemId]),
        comments: (comment) => comment.before('<!--', { html: false }),
        text: (text) => text.lastInTextNode && text.after('.'),
        end: (end) => end.append('<hr>', { html: true }),
      }),
  );
  same(html, '<!DOCTYPE html PUBLIC "a" "b"><p>ONE.&lt;!--<!--C-->two.</p><hr>');
  same(seen, [
    ['html', 'a', 'b'],
    ['text', 'one', false],
    ['text', '', true],
    ['comment', 'c'],
    ['text', 'two', false],
    ['text', '', true],
  ]);
});

test('an end tag has a handler of its own, the last that was given', async () => {
  const html = await rewrite('<p>a</p><p>b</p><br>', (rewriter) =>
    rewriter.on('p', {
      element(element) {
        element.onEndTag((end) => void end.before('never'));
        element.onEndTag(async (end) => {
          await sleep(1);
          end.name = 'q';
          end.before('1').after(end.name);
        });
      },
    }),
  );
  same(html, '<p>a1</q>q<p>b1</q>q<br>');
  const none = rewrite('<br>', (rewriter) =>
    rewriter.on('br', { element: (element) => element.onEndTag(() => {}) }),
  );
  await rejects(TypeError, none, 'end tag');
});

test('handlers may wait, and those of other documents at the same time', async () => {
  const one = (name, first) =>
    rewrite(`<p>${name}</p><p>${name}</p>`, (rewriter) =>
      rewriter.on('p', {
        async element(element) {
          await sleep(first);
          element.setAttribute('id', name);
          await sleep(20 - first);
          element.append('!');
        },
        async text(text) {
          await sleep(first);
          if (text.lastInTextNode) text.before(name);
        },
      }),
    );
  const names = ['a', 'b', 'c', 'd', 'e'];
  same(
    await Promise.all(names.map((name, i) => one(name, [13, 2, 17, 5, 9][i]))),
    names.map((name) => `<p id="${name}">${name}${name}!</p>`.repeat(2)),
  );
});

test('content may be a response or a stream', async () => {
  const html = await rewrite('<p>a</p>', (rewriter) =>
    rewriter.on('p', {
      element(element) {
        element.before(new Response('<1>'), { html: true });
        element.before('<2>', { html: true });
        element.append(new Blob(['&']).stream());
      },
    }),
  );
  same(html, '<1><2><p>a&amp;</p>');
});

test('the response keeps its head, and its body streams', async () => {
  const parts = ['<p>on', 'e</p><p', '>two</p>'];
  let pulled = 0;
  const body = new ReadableStream(
    {
      pull(controller) {
        if (pulled === parts.length) return controller.close();
        controller.enqueue(new TextEncoder().encode(parts[pulled++]));
      },
    },
    { highWaterMark: 0 },
  );
  const response = new Response(body, {
    status: 201,
    statusText: 'Made',
    headers: { 'Content-Type': 'text/html', 'Content-Length': '22', 'X-Other': 'y' },
  });
  const rewriter = new HTMLRewriter().on('p', {
    element: (element) => element.setAttribute('x', ''),
  });
  const changed = rewriter.transform(response);
  same([changed.status, changed.statusText], [201, 'Made']);
  same(
    [...changed.headers],
    [
      ['content-type', 'text/html'],
      ['x-other', 'y'],
    ],
  );
  same([pulled, response.bodyUsed], [0, false], 'nothing is read before somebody reads');
  const reader = changed.body.getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  ok(first.startsWith('<p x="">'), first);
  same(pulled, 1);
  await reader.cancel();
  same(pulled, 1);
});

test('one rewriter transforms several documents', async () => {
  let count = 0;
  const rewriter = new HTMLRewriter().on('p', { element: (element) => element.append(++count) });
  const texts = await Promise.all(
    ['<p>a</p>', '<p>b</p>'].map((html) => rewriter.transform(new Response(html)).text()),
  );
  same(texts.join(), '<p>a1</p>,<p>b2</p>');
  same(await new HTMLRewriter().transform(new Response('<p>as it is')).text(), '<p>as it is');
  const empty = new Response(null, { status: 204 });
  ok(rewriter.transform(empty) === empty);
});

test('what is wrong is said at once', () => {
  const rewriter = new HTMLRewriter();
  for (const selector of ['p[', '', 'a::before', 'p:hover', ':has(p)', 'a ~ b']) {
    throws(TypeError, () => rewriter.on(selector, {}));
  }
  throws(TypeError, () => rewriter.on('p'));
  ok(rewriter.on('p', null) === rewriter, 'as on Workers');
  throws(TypeError, () => rewriter.on('p', { element: 5 }), "'element'");
  throws(TypeError, () => rewriter.onDocument());
  throws(TypeError, () => rewriter.transform('<p>'));
  const used = new Response('<p>');
  used.body.getReader();
  throws(TypeError, () => rewriter.transform(used), 'locked');
  throws(TypeError, () => HTMLRewriter.prototype.on.call({}, 'p', {}));
  throws(TypeError, () => HTMLRewriter());
});

/** What `act` throws. */
function errorOf(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing is thrown');
}

test('an error names the selector, and has lines of the app only', async () => {
  const wrong = errorOf(() => new HTMLRewriter().on('p[', {}));
  same(
    wrong.message,
    "Failed to execute 'on' on 'HTMLRewriter': 'p[' is no selector that it takes: " +
      'Unexpected end of selector.',
  );
  ok(errorOf(() => new HTMLRewriter().on('a'.repeat(200) + '[', {})).message.length < 200);
  let inHandler;
  const handlers = {
    element(e) {
      inHandler = errorOf(() => e.setAttribute('a b', ''));
    },
  };
  const text = await new HTMLRewriter().on('p', handlers).transform(new Response('<p>')).text();
  same(text, '<p>', 'the document goes on');
  same(inHandler.message, '` ` character is forbidden in the attribute name');
  for (const { name, stack } of [wrong, inHandler]) {
    same(name, 'TypeError');
    ok(stack.includes('errorOf'), stack);
    ok(!/wasm|nano:/.test(stack), stack);
  }
});

test('selectors choose', async () => {
  const matched = async (selector) => {
    let count = 0;
    await rewrite(
      '<div class="a b" id="i"><p x="1">t</p><p x="12">u</p><i><p></p></i></div>',
      (r) => r.on(selector, { element: () => void count++ }),
    );
    return count;
  };
  const counts = { '*': 5, p: 3, 'div > p': 2, '.a.b': 1, '#i': 1, '[x]': 2, '[x^="1"]': 2 };
  for (const [selector, count] of Object.entries({
    ...counts,
    'p:nth-child(2)': 1,
    'p:not([x])': 1,
  })) {
    same(await matched(selector), count, selector);
  }
});

test('what a handler throws breaks the body off', async () => {
  const reason = new RangeError('mine');
  for (const handler of [
    () => {
      throw reason;
    },
    async () => {
      await sleep(1);
      throw reason;
    },
  ]) {
    let isCancelled = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('<p></p>')),
      cancel: () => void (isCancelled = true),
    });
    const rewriter = new HTMLRewriter().on('p', { element: handler });
    await rejects(reason, rewriter.transform(new Response(body)).text());
    ok(isCancelled);
  }
  // The next document is none the worse.
  same(await rewrite('<p>', (rewriter) => rewriter.on('p', {})), '<p>');
});

test('a token is of no use after its handler', async () => {
  let kept;
  await rewrite('<p id="a"></p>', (rewriter) =>
    rewriter.on('p', { element: (element) => void (kept = element) }),
  );
  throws(TypeError, () => kept.getAttribute('id'), 'no longer valid');
  throws(TypeError, () => kept.append('x'));
});

test('a large document passes through', async () => {
  const html = '<ul>' + '<li class="item">text</li>'.repeat(20000) + '</ul>';
  const changed = await rewrite(html, (rewriter) =>
    rewriter.on('li.item', { element: (element) => element.setAttribute('n', '1') }),
  );
  same(changed.length, html.length + 20000 * ' n="1"'.length);
});

test('handlers are called on their object', async () => {
  class Counter {
    count = 0;
    element() {
      this.count++;
    }
  }
  const counter = new Counter();
  await rewrite('<p><p>', (rewriter) => rewriter.on('p', counter));
  same(counter.count, 2);
});
