// META: title=What works everywhere
test(() => assert_equals(new URL('b', 'http://a/').href, 'http://a/b'), 'a URL is resolved');
promise_test(async () => {
  await new Promise((resolve) => setTimeout(resolve, 1));
}, 'a timer fires in the test');
test(() => assert_equals(META_TITLE, 'What works everywhere'), 'the title is the one of META');
