const api = '/fetch/api/resources';
const text = async (url, init) => (await fetch(url, init)).text();

promise_test(async () => {
  const response = await fetch('resources/plain.txt');
  assert_equals(await response.text(), 'plain');
  assert_equals(response.headers.get('x-from-file'), 'yes');
  assert_equals(response.headers.get('content-type'), 'text/plain');
}, 'a file comes with its headers');
promise_test(async () => {
  assert_equals(await text('resources/text.sub.txt'), `hello ${location.hostname}\n`);
}, 'a file is substituted');
promise_test(async () => {
  const place = await text('resources/secure.sub.txt');
  assert_true(place.startsWith('https://'));
  assert_equals(await text(new URL('resources/where.sub.txt', place)), `${place.split('/net/')[0]}\n`);
}, 'another host has HTTPS, and what it serves knows that');
promise_test(async () => {
  const pipes = 'header(X-A,b\\,c)|status(201)|trickle(1:d0.01:2)|slice(0,4)';
  const response = await fetch(`resources/plain.txt?pipe=${pipes}`);
  assert_equals(response.status, 201);
  assert_equals(response.headers.get('x-a'), 'b,c');
  assert_equals(await response.text(), 'plai');
}, 'pipes change an answer');
promise_test(async () => {
  assert_equals(await text('resources/plain.txt?pipe=gzip'), 'plain');
}, 'a body may be compressed');
promise_test(async () => {
  assert_equals(await text(`${api}/echo-content.py`, { method: 'POST', body: 'abc' }), 'abc');
}, 'a handler sees the body');
promise_test(async () => {
  const response = await fetch(`${api}/method.py`, { method: 'TESTING' });
  assert_equals(response.status, 200);
  assert_equals(response.headers.get('x-request-method'), 'TESTING');
}, 'a method may be one of its own');
promise_test(async () => {
  const response = await fetch(`${api}/inspect-headers.py?headers=x-b`, {
    headers: { 'X-B': 'c' },
  });
  assert_equals(response.headers.get('x-request-x-b'), 'c');
}, 'a handler sees the headers');
promise_test(async () => {
  const query = 'token=t1&max_count=3&location=redirect.py';
  assert_equals(await text(`${api}/redirect.py?${query}`), '3');
}, 'a redirect counts its rounds');
promise_test(async () => {
  await fetch(`${api}/stash-put.py?key=k&value=v`);
  assert_equals(await text(`${api}/stash-take.py?key=k`), '"v"');
  assert_equals(await text(`${api}/stash-take.py?key=k`), 'null');
}, 'what is stashed is taken once');
promise_test(async () => {
  const url = `${api}/status.py?code=299&text=Fine&content=x`;
  const response = await fetch(url);
  assert_equals(`${response.status} ${response.statusText}`, '299 Fine');
}, 'a status may be any number');
promise_test(async () => {
  const error = await text(`${api}/bad-chunk-encoding.py?ms=1&count=2`).catch((thrown) => thrown);
  assert_true(error instanceof TypeError);
}, 'a bad chunk breaks the body off');
promise_test(async () => {
  const slow = new AbortController();
  const url = `${api}/infinite-slow-response.py?stateKey=s`;
  await fetch(url, { signal: slow.signal });
  slow.abort();
  let state;
  while (state !== '"closed"') state = await text(`${api}/stash-take.py?key=s`);
}, 'an endless answer ends with its client');
promise_test(async () => {
  const caching = '/service-workers/cache-storage/resources';
  assert_equals((await fetch(`${caching}/fetch-status.py?status=203`)).status, 203);
  assert_equals((await fetch(`${caching}/vary.py?vary=x-a`)).headers.get('vary'), 'x-a');
  const response = await fetch(`${caching}/vary.py?set-vary-value-override-cookie=x-b`);
  const headers = { cookie: response.headers.get('set-cookie') };
  assert_equals((await fetch(`${caching}/vary.py?vary=x-a`, { headers })).headers.get('vary'), 'x-b');
}, 'tests of caches have their answers');
promise_test(async () => {
  assert_equals((await fetch('/nothing/here.py')).status, 501);
  assert_equals((await fetch('/nothing/here.txt')).status, 404);
}, 'what is not there is said so');
