// From streams of Node.js to those of the standard, and back. Each keeps what has been read ahead
// small: a side is asked when the other wants more.

const { AbortError, invalidArgType } = require('nano:errors');

let classes;

/** @param {any} stream node:stream, which imports this */
exports.connect = (stream) => {
  classes = stream;
};

const plainBytes = (chunk) =>
  Buffer.isBuffer(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : chunk;

function readableFromWeb(readableStream, options = {}) {
  if (!(readableStream instanceof ReadableStream))
    throw invalidArgType('readableStream', 'ReadableStream', readableStream);
  const reader = readableStream.getReader();
  let ended = false;
  const readable = new classes.Readable({
    ...options,
    read() {
      reader.read().then(
        ({ value, done }) => {
          ended ||= done;
          if (readable.destroyed) return;
          readable.push(done ? null : this.readableObjectMode ? value : Buffer.from(value));
        },
        (error) => classes.destroy(readable, error),
      );
    },
    destroy(error, done) {
      const finish = () => done(error);
      if (ended) return finish();
      ended = true;
      reader.cancel(error).then(finish, finish);
    },
  });
  return readable;
}

function readableToWeb(readable, { strategy, type } = {}) {
  if (typeof readable?.on !== 'function')
    throw invalidArgType('streamReadable', 'stream.Readable', readable);
  if (readable.destroyed) {
    return new ReadableStream({ start: (controller) => controller.close() });
  }
  const isObject = readable.readableObjectMode;
  const source = {
    type,
    start(controller) {
      readable.pause();
      readable.on('data', (chunk) => {
        controller.enqueue(
          isObject ? chunk : plainBytes(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
        );
        if (controller.desiredSize <= 0) readable.pause();
      });
      classes.finished(readable, { writable: false }, (error) => {
        readable.on('error', () => {});
        if (error)
          return controller.error(
            error.code === 'ERR_STREAM_PREMATURE_CLOSE'
              ? new AbortError(undefined, { cause: error })
              : error,
          );
        try {
          controller.close();
          if (type === 'bytes') controller.byobRequest?.respond(0);
        } catch {
          // It was cancelled.
        }
      });
    },
    pull: () => void readable.resume(),
    cancel: (reason) => void classes.destroy(readable, reason),
  };
  return new ReadableStream(
    source,
    strategy ??
      (type === 'bytes'
        ? undefined
        : { highWaterMark: isObject ? readable.readableHighWaterMark : 1 }),
  );
}

function writableFromWeb(writableStream, options = {}) {
  if (!(writableStream instanceof WritableStream))
    throw invalidArgType('writableStream', 'WritableStream', writableStream);
  const writer = writableStream.getWriter();
  let closed = false;
  const writable = new classes.Writable({
    decodeStrings: true,
    ...options,
    write(chunk, encoding, done) {
      writer.ready.then(() => writer.write(plainBytes(chunk))).then(() => done(), done);
    },
    final(done) {
      closed = true;
      writer.close().then(() => done(), done);
    },
    destroy(error, done) {
      const finish = () => done(error);
      if (closed && !error) return finish();
      closed = true;
      writer.abort(error).then(finish, finish);
    },
  });
  writer.closed.catch((error) => classes.destroy(writable, error));
  return writable;
}

function writableToWeb(writable) {
  if (typeof writable?.write !== 'function')
    throw invalidArgType('streamWritable', 'stream.Writable', writable);
  const isObject = writable.writableObjectMode;
  let failed;
  return new WritableStream(
    {
      start(controller) {
        writable.on('error', (error) => {
          failed = error;
          controller.error(error);
        });
        writable.on('close', () => {
          if (!writable.writableFinished) controller.error(failed ?? new AbortError());
        });
      },
      write: (chunk) =>
        new Promise((resolve, reject) => {
          writable.write(isObject ? chunk : Buffer.from(chunk), (error) =>
            error ? reject(error) : resolve(),
          );
        }),
      close: () =>
        new Promise((resolve, reject) => {
          writable.end((error) => (error ? reject(error) : resolve()));
        }),
      abort: (reason) => void classes.destroy(writable, reason),
    },
    { highWaterMark: isObject ? writable.writableHighWaterMark : 1 },
  );
}

function duplexFromWeb({ readable, writable }, options = {}) {
  const input = readableFromWeb(readable, options);
  const output = writableFromWeb(writable, options);
  return classes.Duplex.from({ readable: input, writable: output });
}

function duplexToWeb(duplex) {
  return { readable: readableToWeb(duplex), writable: writableToWeb(duplex) };
}

Object.assign(exports, {
  readableFromWeb,
  readableToWeb,
  writableFromWeb,
  writableToWeb,
  duplexFromWeb,
  duplexToWeb,
});
