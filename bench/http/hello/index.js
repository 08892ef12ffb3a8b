// The least a handler can do.
export default {
  fetch() {
    return new Response('Hello, World!');
  },
};
