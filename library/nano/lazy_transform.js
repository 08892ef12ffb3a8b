// Objects that are streams when somebody uses them as one: node:stream is loaded then.

const kMethods = [
  ...[
    'on',
    'once',
    'off',
    'emit',
    'addListener',
    'removeListener',
    'prependListener',
    'pipe',
    'unpipe',
  ],
  ...[
    'write',
    'end',
    'read',
    'push',
    'pause',
    'resume',
    'destroy',
    'setEncoding',
    'cork',
    'uncork',
  ],
  ...[
    'listenerCount',
    'listeners',
    'removeAllListeners',
    'setDefaultEncoding',
    'unshift',
    'iterator',
  ],
  ...['readable', 'writable', 'destroyed', 'readableEnded', 'writableEnded', 'writableFinished'],
  ...['_readableState', '_writableState', Symbol.asyncIterator],
];

class LazyTransform {
  #options;
  #isStream = false;

  constructor(options) {
    this.#options = options;
  }

  /** @param {LazyTransform} object @returns {object} what streams have for methods */
  static becomeStream(object) {
    const { Transform } = require('node:stream');
    if (!object.#isStream) {
      object.#isStream = true;
      Object.setPrototypeOf(LazyTransform.prototype, Transform.prototype);
      Transform.call(object, object.#options);
    }
    return Transform.prototype;
  }
}

for (const name of kMethods) {
  Object.defineProperty(LazyTransform.prototype, name, {
    configurable: true,
    get() {
      return Reflect.get(LazyTransform.becomeStream(this), name, this);
    },
    set(value) {
      Reflect.set(LazyTransform.becomeStream(this), name, value, this);
    },
  });
}

module.exports = { LazyTransform };
