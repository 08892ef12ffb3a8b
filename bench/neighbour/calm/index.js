// The neighbour: as much work as a small page.
export default {
  fetch(request) {
    const url = new URL(request.url);
    return new Response(`calm ${url.pathname}\n`, { headers: { 'x-tenant': 'calm' } });
  },
};
