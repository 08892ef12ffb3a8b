'use strict';
// lol-html in WebAssembly, and who runs it: one instance for each document on its way, for a handler
// that waits leaves its frames in the instance's memory, where another document's would lie over them.

const makeGlue = require('nano:html_rewriter_glue');

/** Between two documents an instance is kept, as long as it is small. */
const kMostIdle = 2;
const kMostIdleBytes = 4 << 20;
const idle = [];

// What asyncify_get_state() gives (binaryen's pass of that name).
const kUnwinding = 1;
const kRewinding = 2;
/** At the beginning of a rewriter's room for its frames: where it begins and where it ends. */
const kRoomHead = 8;
const kRoomBytes = 1024;

/**
 * Leaves WebAssembly in the middle of a call, and comes back when a handler's promise is settled.
 * What wasm-bindgen's file asks for as './asyncify.js'.
 */
function makeAsyncify() {
  let wasm;
  let waitedFor;
  return {
    setWasmExports(exports) {
      wasm = exports;
    },
    awaitPromise(room, promise) {
      if (wasm.asyncify_get_state() === kRewinding) {
        wasm.asyncify_stop_rewind();
        return;
      }
      new Int32Array(wasm.memory.buffer, room, 2).set([room + kRoomHead, room + kRoomBytes]);
      wasm.asyncify_start_unwind(room);
      waitedFor = promise;
    },
    async wrap(rewriter, call, ...args) {
      const room = rewriter.asyncifyStackPtr;
      let result = call(...args);
      while (wasm.asyncify_get_state() === kUnwinding) {
        wasm.asyncify_stop_unwind();
        await waitedFor;
        wasm.asyncify_start_rewind(room);
        result = call();
      }
      return result;
    },
  };
}

let compiled;

/** @returns {{ Rewriter: any, memory: WebAssembly.Memory }} */
function make() {
  compiled ??= nano.wasm('html_rewriter.wasm');
  if (compiled === undefined) {
    throw new Error('HTMLRewriter needs WebAssembly, which the code profile jitless does not have');
  }
  const asked = {
    './asyncify.js': makeAsyncify(),
    util: { TextDecoder, TextEncoder },
    path: { join: () => '' },
    fs: { readFileSync: () => undefined },
  };
  const made = { exports: {} };
  // `new` gives the object that the function returns.
  const Module = function () {
    return compiled;
  };
  makeGlue((name) => asked[name], made, { Module, Instance: WebAssembly.Instance }, '');
  return { Rewriter: made.exports.HTMLRewriter, memory: made.exports.__wasm.memory };
}

const take = () => idle.pop() ?? make();

/** Of an instance that has come to its end in the usual way; any other is left to the collector. */
function give(instance) {
  const isSmall = instance.memory.buffer.byteLength <= kMostIdleBytes;
  if (isSmall && idle.length < kMostIdle) idle.push(instance);
}

/** lol-html has a text where JavaScript has an error. */
function toError(error) {
  if (typeof error === 'string') return new TypeError(error);
  if (error instanceof WebAssembly.RuntimeError) {
    return new TypeError('HTMLRewriter cannot go on: most likely there is no memory', {
      cause: error,
    });
  }
  return error;
}

/** lol-html's own name for what it says. */
const kParser = 'Parser error: ';
const kOwnFrame = /^ +at .*(?:nano:html_rewriter|wasm:\/\/)/;

/**
 * What lol-html refuses, as the app reads it: in one sentence, and the stack has the app's own lines.
 * @param {unknown} thrown by a call that runs no code of the app @param {string} [what] was refused
 */
function refusal(thrown, what = '') {
  const error = toError(thrown);
  // There is no memory: that is not about what was asked.
  if (error?.cause !== undefined || typeof error?.message !== 'string') return error;
  const said = error.message.startsWith(kParser)
    ? error.message.slice(kParser.length)
    : error.message;
  const refused = new TypeError(what === '' ? said : `${what}: ${said}`);
  Error.captureStackTrace(refused, refusal);
  if (typeof refused.stack === 'string') {
    refused.stack = refused.stack
      .split('\n')
      .filter((line) => !kOwnFrame.test(line))
      .join('\n');
  }
  return refused;
}

module.exports = { give, refusal, take, toError };
