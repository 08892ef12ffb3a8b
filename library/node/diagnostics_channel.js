// node:diagnostics_channel.

const { check, invalidArgType } = require('nano:errors');

const channels = new Map();

class Channel {
  #subscribers = [];
  #stores = new Map();

  constructor(name) {
    this.name = name;
  }

  get hasSubscribers() {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(listener) {
    check.function(listener, 'subscription');
    this.#subscribers = [...this.#subscribers, listener];
  }

  unsubscribe(listener) {
    const index = this.#subscribers.indexOf(listener);
    if (index === -1) return false;
    this.#subscribers = this.#subscribers.toSpliced(index, 1);
    return true;
  }

  bindStore(store, transform = (value) => value) {
    this.#stores.set(store, transform);
  }

  unbindStore(store) {
    return this.#stores.delete(store);
  }

  publish(message) {
    for (const listener of this.#subscribers) {
      try {
        listener(message, this.name);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  runStores(message, callback, receiver, ...args) {
    let run = () => {
      this.publish(message);
      return Reflect.apply(callback, receiver, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => store.run(transform(message), inner);
    }
    return run();
  }
}

function channel(name) {
  if (typeof name !== 'string' && typeof name !== 'symbol')
    throw invalidArgType('channel', ['string', 'symbol'], name);
  if (!channels.has(name)) channels.set(name, new Channel(name));
  return channels.get(name);
}

const kEvents = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

class TracingChannel {
  constructor(from) {
    for (const event of kEvents) {
      this[event] = typeof from === 'string' ? channel(`tracing:${from}:${event}`) : from[event];
    }
  }

  get hasSubscribers() {
    return kEvents.some((event) => this[event]?.hasSubscribers);
  }

  subscribe(handlers) {
    for (const event of kEvents) if (handlers[event]) this[event].subscribe(handlers[event]);
  }

  unsubscribe(handlers) {
    return kEvents
      .filter((event) => handlers[event])
      .map((event) => this[event].unsubscribe(handlers[event]))
      .every(Boolean);
  }

  traceSync(callback, context = {}, receiver, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(callback, receiver, args);
    return this.start.runStores(context, () => {
      try {
        return (context.result = Reflect.apply(callback, receiver, args));
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  #settle(context, name, value) {
    context[name] = value;
    if (name === 'error') this.error.publish(context);
    this.asyncStart.publish(context);
    this.asyncEnd.publish(context);
  }

  tracePromise(callback, context = {}, receiver, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(callback, receiver, args);
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(Reflect.apply(callback, receiver, args)).then(
          (value) => {
            this.#settle(context, 'result', value);
            return value;
          },
          (error) => {
            this.#settle(context, 'error', error);
            throw error;
          },
        );
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  traceCallback(callback, position = -1, context = {}, receiver, ...args) {
    const done = args.at(position);
    if (!this.hasSubscribers) return Reflect.apply(callback, receiver, args);
    check.function(done, 'callback');
    const { asyncEnd, asyncStart, error: failed } = this;
    const traced = function (error, value) {
      if (error) {
        context.error = error;
        failed.publish(context);
      } else context.result = value;
      return asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(done, this, [error, value]);
        } finally {
          asyncEnd.publish(context);
        }
      });
    };
    args.splice(position, 1, traced);
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(callback, receiver, args);
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
}

module.exports = {
  Channel,
  channel,
  hasSubscribers: (name) => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name, listener) => channel(name).subscribe(listener),
  unsubscribe: (name, listener) => channels.get(name)?.unsubscribe(listener) ?? false,
  tracingChannel: (from) => new TracingChannel(from),
};
