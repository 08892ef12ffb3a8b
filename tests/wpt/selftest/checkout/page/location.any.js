// META: script=resources/helper.sub.js
// META: script=/page/resources/sloppy.js

test(() => assert_equals(location.pathname, '/page/location.any.js'), 'location is the test');
test(() => assert_equals(`http://${helperHost}`, location.origin), 'a script is substituted');
test(() => {
  assert_equals(assignedBySloppy + loopedBySloppy + fromArguments, 6);
  assert_equals(writtenInOctal, 'A\0\\101');
  new Request('/').url = 'ignored';
}, 'a script may do what a module may not');
test(() => assert_equals(typeof self.helper, 'function'), 'functions of scripts are on the global');
test(() => {
  const request = new Request('other?x');
  assert_equals(request.url, `${location.origin}/page/other?x`);
  assert_equals(new Request(null).url, `${location.origin}/page/null`);
  assert_equals(new Request(new URL(request.url)).url, request.url);
  assert_true(request instanceof Request);
  assert_true(request.constructor === Request);
}, 'the URL of a Request is relative to the test');
test(() => {
  const { location: target } = Object.fromEntries(Response.redirect('/elsewhere').headers);
  assert_equals(target, `${location.origin}/elsewhere`);
}, 'the URL of a redirect is relative to the test');
promise_test(async () => {
  const cache = await caches.open('selftest');
  await cache.put('relative', new Response('found'));
  assert_equals((await cache.keys('relative'))[0].url, `${location.origin}/page/relative`);
  assert_equals(await (await caches.match('/page/relative')).text(), 'found');
}, 'URLs that caches are given are relative to the test');
