// @ts-check
// All that modules of nano.library get of the host beside the tenant's globals. A tenant can get at
// each of these, by replacing what a module calls: so none of them gives more than he has anyway,
// whatever its arguments, and no function of ours that was captured is among them.

import { asyncFrame, kindOf, libraryBytes, libraryHas, libraryWasm, setAsyncFrame } from 'nano:ops';
import { environment } from './env.js';
import { inspectWith } from './inspect.js';
import defer * as libraryCrypto from './library_crypto.js';
import defer * as libraryZlib from './library_zlib.js';
import { ObjectFreeze } from './primordials.js';
import { reportException } from './report_exception.js';
import { startTask, stopInternalTimer, timeoutOf } from './timers.js';

const nothing = () => {};

export const internals = ObjectFreeze({
  __proto__: null,
  /** What AsyncLocalStorage keeps for the running code, and everything it starts. */
  getFrame: () => asyncFrame(),
  setFrame: (frame) => setAsyncFrame(frame),
  /** As util.inspect. @param {any} value @param {any} options depth, breakLength, custom */
  inspect: (value, options) => inspectWith(value, options),
  /** What a value really is: 'Map', 'Promise', 'Proxy'... */
  kindOf: (value) => kindOf(value),
  /** A task of the running request. @returns {number} for stopTask */
  startTask: (callback) => startTask(() => callback(), nothing),
  stopTask: (id) => stopInternalTimer(id),
  /** What setTimeout() gave, as an object. @param {number | object} id */
  timeoutOf: (id) => timeoutOf(id),
  /** An error that nobody caught. */
  report: (error) => reportException(error),
  /** A new object of the app's variables and secrets. */
  environment: () => environment(),
  /** Of node:crypto. */
  get crypto() {
    return libraryCrypto.libraryCrypto;
  },
  /** Of node:zlib. */
  get zlib() {
    return libraryZlib.libraryZlib;
  },
  /** Whether the library has an entry of this name, 'node:fs'. */
  has: (name) => libraryHas(name),
  /** The bytes of an entry of the library, a new Uint8Array. */
  bytes: (name) => libraryBytes(name),
  /** A WebAssembly.Module of an entry; undefined where there is no WebAssembly. */
  wasm: (name) => libraryWasm(name),
});
