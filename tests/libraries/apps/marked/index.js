// marked: Markdown with extensions, and one long text.

import { Marked } from 'marked';

const kText = `# Title \`code\`

| a | b |
| - | :-: |
| 1 | **2** |

- [x] done
- [ ] open
  1. nested

> quote with <b>html</b> & "quotes"

\`\`\`js
const x = '<y>';
\`\`\`

[link](https://a.example/ü "title") ![image](/a.png) https://auto.example ~~gone~~ ::own::
`;

const marked = new Marked({
  gfm: true,
  extensions: [
    {
      name: 'own',
      level: 'inline',
      start: (src) => src.indexOf('::'),
      tokenizer(src) {
        const match = /^::(\w+)::/.exec(src);
        return match ? { type: 'own', raw: match[0], text: match[1] } : undefined;
      },
      renderer: ({ text }) => `<mark>${text}</mark>`,
    },
  ],
  async: true,
  async walkTokens(token) {
    await null;
    if (token.type === 'heading') token.depth++;
  },
});

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const text =
      request.method === 'POST'
        ? await request.text()
        : kText.repeat(pathname === '/long' ? 100 : 1);
    if (pathname === '/tokens') return Response.json(marked.lexer(text));
    return new Response(await marked.parse(text), { headers: { 'content-type': 'text/html' } });
  },
};
