// What most handlers do first: look at the URL, the method and a header; answer with headers.
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const agent = request.headers.get('user-agent') ?? 'none';
    return new Response(`${request.method} ${pathname} ${agent}`, {
      headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
    });
  },
};
