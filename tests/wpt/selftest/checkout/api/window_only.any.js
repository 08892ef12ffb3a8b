// META: global=window
test(() => assert_true(false), 'is never run');
