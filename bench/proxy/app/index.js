// One line of a proxy, the same for every server: all that a client gets comes from UPSTREAM.
export default {
  fetch(request) {
    return fetch('UPSTREAM' + new URL(request.url).pathname);
  },
};
