test(() => assert_true(false), 'is never run');
