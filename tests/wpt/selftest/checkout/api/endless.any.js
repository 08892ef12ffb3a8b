test(() => {}, 'ends');
promise_test(() => new Promise(() => {}), 'never ends');
