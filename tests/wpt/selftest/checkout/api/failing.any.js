test(() => assert_equals(1, 1), 'passes');
test(() => assert_equals(1, 2, 'one'), 'fails with what was expected');
test(() => {
  throw new Error('thrown "here" 17');
}, 'throws');
