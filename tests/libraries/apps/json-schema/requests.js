const post = (value) => ({
  name: JSON.stringify(value),
  path: '/',
  method: 'POST',
  body: JSON.stringify(value),
});

export const requests = [
  post({ name: 'anna', mail: 'a@b.example', at: '2020-01-01T00:00:00Z', tags: ['ü', 'b'] }),
  post({ name: 'a', mail: 'no', at: 'no', tags: ['1', '1'], more: 1 }),
  post([]),
];
