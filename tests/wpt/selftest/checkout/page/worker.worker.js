importScripts('/resources/testharness.js');
importScripts('resources/helper.sub.js', '/page/resources/sloppy.js');
test(() => assert_equals(typeof helper, 'function'), 'a worker imports its scripts');
done();
