// The part of WPT's test harness that the self-test's tests call, written for it: the real one
// comes with a checkout.

(function (scope) {
  const tests = [];
  const onState = [];
  const onCompletion = [];
  let isComplete = false;
  let isExplicit = false;
  let isLoaded = false;

  function complete(status) {
    if (isComplete) return;
    isComplete = true;
    for (const test of tests) test.status ??= status === 2 ? 2 : 3;
    for (const callback of onCompletion) callback(tests, { status, message: null });
  }
  function completeWhenDone() {
    const isPending = tests.some((test) => test.status === null);
    if (isLoaded && tests.length && !isPending && !isExplicit) complete(0);
  }
  function begin(name) {
    const test = { name, status: null, message: null };
    tests.push(test);
    for (const callback of onState) callback(test);
    return test;
  }
  function end(test, error) {
    if (test.status !== null) return;
    test.status = error ? 1 : 0;
    test.message = error ? String(error.message) : null;
    completeWhenDone();
  }

  scope.test = (run, name) => {
    const test = begin(name);
    try {
      run(test);
      end(test);
    } catch (error) {
      end(test, error);
    }
  };
  scope.promise_test = (run, name) => {
    const test = begin(name);
    Promise.resolve()
      .then(() => run(test))
      .then(
        () => end(test),
        (error) => end(test, error),
      );
  };
  scope.setup = (properties) => (isExplicit = properties.explicit_done === true);
  scope.done = () => {
    isExplicit = false;
    completeWhenDone();
  };
  scope.timeout = () => complete(2);
  scope.add_test_state_callback = (callback) => onState.push(callback);
  scope.add_completion_callback = (callback) => onCompletion.push(callback);
  scope.assert_equals = (got, wanted, what = '') => {
    if (!Object.is(got, wanted)) throw new Error(`${what} expected "${wanted}" but got "${got}"`);
  };
  scope.assert_true = (got, what = '') => scope.assert_equals(got, true, what);
  Promise.resolve().then(() => {
    isLoaded = true;
    completeWhenDone();
  });
})(self);
