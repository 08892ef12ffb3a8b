// Classes that Node.js lets be called without `new`.

exports.callable = (Class) =>
  new Proxy(Class, { apply: (target, receiver, args) => new target(...args) });
