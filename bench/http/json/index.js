// About 1 KB of JSON, made anew for every request.
const items = Array.from({ length: 16 }, (_, i) => ({
  id: i,
  name: `item ${i}`,
  price: i * 1.25,
  tags: ['a', 'b'],
}));

export default {
  fetch() {
    return Response.json({ ok: true, items });
  },
};
