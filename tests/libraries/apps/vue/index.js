// vue's server renderer: components, slots, async setup, a stream.

import { createSSRApp, defineAsyncComponent, h, onServerPrefetch, ref, Suspense } from 'vue';
import { renderToString, renderToWebStream } from 'vue/server-renderer';

const Item = {
  props: ['name'],
  setup:
    (props, { slots }) =>
    () =>
      h('li', { class: { on: props.name === 'a' }, style: { color: 'red' } }, [
        props.name,
        slots.default?.(),
      ]),
};
const Late = {
  async setup() {
    await new Promise((resolve) => setTimeout(resolve, 3));
    return () => h('p', 'late');
  },
};
const Fetched = {
  setup() {
    const text = ref('none');
    onServerPrefetch(async () => {
      text.value = 'fetched';
    });
    return () => h('b', text.value);
  },
};
const Lazy = defineAsyncComponent(async () => ({ render: () => h('i', 'lazy') }));

const makeApp = () =>
  createSSRApp({
    render: () =>
      h('div', { 'data-x': '"<&>"' }, [
        h(
          'ul',
          ['a', '<b>'].map((name) => h(Item, { name }, { default: () => '!' })),
        ),
        h(Suspense, null, { default: () => h(Late) }),
        h(Fetched),
        h(Lazy),
      ]),
  });

export default {
  async fetch(request) {
    const headers = { 'content-type': 'text/html' };
    if (new URL(request.url).pathname === '/string')
      return new Response(await renderToString(makeApp()), { headers });
    return new Response(renderToWebStream(makeApp()), { headers });
  },
};
