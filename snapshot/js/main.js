// @ts-check
// The root of the built-ins: the order they are made in, what tenants see of them on globalThis,
// and the functions that C++ calls.

import { defineLazyProperty, registerEntryPoints } from 'nano:ops';
import { AbortController, AbortSignal } from './abort.js';
import defer * as base64 from './base64.js';
import defer * as broadcast from './broadcast_channel.js';
import { cancelOutgoing, pullOutgoing } from './body_pump.js';
import { builtinModule } from './builtin_modules.js';
import { Blob, File } from './blob.js';
import defer * as cache from './cache/cache.js';
import defer * as cacheStorage from './cache/cache_storage.js';
import defer * as compression from './compression.js';
import { applyFlags } from './compatibility_flags.js';
import { console } from './console.js';
import defer * as webCrypto from './crypto.js';
import defer * as subtle from './crypto/subtle.js';
import defer * as cryptoKey from './crypto/key.js';
import { defineValue } from './data_property.js';
import { abortRequest, dispatchFetch, dispatchScheduled } from './dispatch.js';
import { DOMException } from './dom_exception.js';
import { TextDecoder, TextEncoder } from './encoding.js';
import { dispatchCall, makeHandler } from './entrypoints.js';
import { makeEnv } from './env.js';
import defer * as library from './library.js';
import { CustomEvent, Event } from './event.js';
import defer * as eventSource from './event_source.js';
import { EventTarget } from './event_target.js';
import defer * as outgoing from './fetch.js';
import { addEventListener, dispatchEvent, removeEventListener } from './global_events.js';
import defer * as fileReader from './file_reader.js';
import { FormData } from './form_data.js';
import { Headers } from './headers.js';
import { queueMicrotask } from './microtask.js';
import defer * as messageEvent from './message_event.js';
import defer * as messagePort from './message_port.js';
import defer * as navigation from './navigator.js';
import defer * as performance from './performance.js';
import defer * as entry from './performance_entry.js';
import defer * as timeline from './performance_timeline.js';
import {
  ObjectDefineProperty,
  ObjectKeys,
  ReflectGetOwnPropertyDescriptor,
} from './primordials.js';
import defer * as progressEvent from './progress_event.js';
import defer * as rejectionEvent from './promise_rejection_event.js';
import defer * as quota from './quota_exceeded_error.js';
import { reportError, reportRejection } from './report_exception.js';
import { Request } from './request.js';
import { Response } from './response.js';
import defer * as resources from './resource_timing.js';
import defer * as scheduling from './scheduler.js';
import defer * as identity from './streams/identity_stream.js';
import defer * as serviceWorker from './service_worker.js';
import defer * as byteController from './streams/readable_byte_controller.js';
import { ReadableStreamDefaultController } from './streams/readable_default_controller.js';
import {
  ReadableStreamBYOBReader,
  ReadableStreamDefaultReader,
} from './streams/readable_readers.js';
import { ReadableStream } from './streams/readable_stream.js';
import defer * as strategies from './streams/queuing_strategies.js';
import defer * as transform from './streams/transform_stream.js';
import defer * as writableController from './streams/writable_controller.js';
import defer * as writable from './streams/writable_stream.js';
import defer * as cloning from './structured_clone.js';
import defer * as textStreams from './text_streams.js';
import { clearInterval, clearTimeout, fireTimer, setInterval, setTimeout } from './timers.js';
import { URL } from './url.js';
import defer * as urlPattern from './url_pattern/url_pattern.js';
import { URLSearchParams } from './url_search_params.js';
import { prepareWebAssembly } from './wasm.js';
import defer * as webSocketPair from './websocket/pair.js';
import defer * as webSocket from './websocket/websocket.js';

/** Interfaces: writable, configurable, not enumerable (Web IDL 3.7). */
const interfaces = {
  AbortController,
  AbortSignal,
  Blob,
  CustomEvent,
  DOMException,
  Event,
  EventTarget,
  File,
  FormData,
  Headers,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
};

/** Interfaces whose files run when they are looked at first. */
const lateInterfaces = {
  BroadcastChannel: () => broadcast.BroadcastChannel,
  ByteLengthQueuingStrategy: () => strategies.ByteLengthQueuingStrategy,
  Cache: () => cache.Cache,
  CacheStorage: () => cacheStorage.CacheStorage,
  CloseEvent: () => messageEvent.CloseEvent,
  CompressionStream: () => compression.CompressionStream,
  CountQueuingStrategy: () => strategies.CountQueuingStrategy,
  Crypto: () => webCrypto.Crypto,
  CryptoKey: () => cryptoKey.CryptoKey,
  DecompressionStream: () => compression.DecompressionStream,
  ErrorEvent: () => messageEvent.ErrorEvent,
  EventSource: () => eventSource.EventSource,
  ExtendableEvent: () => serviceWorker.ExtendableEvent,
  FetchEvent: () => serviceWorker.FetchEvent,
  FileReader: () => fileReader.FileReader,
  FixedLengthStream: () => identity.FixedLengthStream,
  IdentityTransformStream: () => identity.IdentityTransformStream,
  MessageChannel: () => messagePort.MessageChannel,
  MessageEvent: () => messageEvent.MessageEvent,
  MessagePort: () => messagePort.MessagePort,
  Navigator: () => navigation.Navigator,
  Performance: () => performance.Performance,
  PerformanceEntry: () => entry.PerformanceEntry,
  PerformanceMark: () => entry.PerformanceMark,
  PerformanceMeasure: () => entry.PerformanceMeasure,
  PerformanceObserver: () => performance.performance && timeline.PerformanceObserver,
  PerformanceObserverEntryList: () => timeline.PerformanceObserverEntryList,
  PerformanceResourceTiming: () => resources.PerformanceResourceTiming,
  ProgressEvent: () => progressEvent.ProgressEvent,
  PromiseRejectionEvent: () => rejectionEvent.PromiseRejectionEvent,
  QuotaExceededError: () => quota.QuotaExceededError,
  ReadableByteStreamController: () => byteController.ReadableByteStreamController,
  ReadableStreamBYOBRequest: () => byteController.ReadableStreamBYOBRequest,
  ScheduledEvent: () => serviceWorker.ScheduledEvent,
  SubtleCrypto: () => subtle.SubtleCrypto,
  TextDecoderStream: () => textStreams.TextDecoderStream,
  TextEncoderStream: () => textStreams.TextEncoderStream,
  TransformStream: () => transform.TransformStream,
  TransformStreamDefaultController: () => transform.TransformStreamDefaultController,
  URLPattern: () => urlPattern.URLPattern,
  WebSocket: () => webSocket.WebSocket,
  WebSocketPair: () => webSocketPair.WebSocketPair,
  WritableStream: () => writable.WritableStream,
  WritableStreamDefaultController: () => writableController.WritableStreamDefaultController,
  WritableStreamDefaultWriter: () => writable.WritableStreamDefaultWriter,
};

/** Operations of the global: enumerable too. */
const operations = {
  addEventListener,
  clearInterval,
  clearTimeout,
  dispatchEvent,
  queueMicrotask,
  removeEventListener,
  reportError,
  setInterval,
  setTimeout,
};

/** Operations whose files run when they are looked at first. */
const lateOperations = {
  atob: () => base64.atob,
  btoa: () => base64.btoa,
  fetch: () => outgoing.fetch,
  structuredClone: () => cloning.structuredClone,
};

/**
 * Attributes of the global. The standards have some of them read-only; all are replaceable here, as
 * WinterTC allows, because bundles write `globalThis.self = globalThis` in strict mode.
 */
const attributes = {
  caches: () => cacheStorage.caches,
  crypto: () => webCrypto.crypto,
  navigator: () => navigation.navigator,
  performance: () => performance.performance,
  scheduler: () => scheduling.scheduler,
  self: () => globalThis,
};

/** @param {string} name @param {() => any} value */
function defineAttribute(name, value) {
  const accessor = {
    get [name]() {
      return value();
    },
    set [name](replacement) {
      defineValue(globalThis, name, replacement, true);
    },
  };
  const { get, set } = /** @type {any} */ (ReflectGetOwnPropertyDescriptor(accessor, name));
  ObjectDefineProperty(globalThis, name, { configurable: true, enumerable: true, get, set });
}

ObjectKeys(interfaces).forEach((name) => defineValue(globalThis, name, interfaces[name], false));
ObjectKeys(lateInterfaces).forEach((name) =>
  defineLazyProperty(globalThis, name, lateInterfaces[name], false),
);
ObjectKeys(lateOperations).forEach((name) =>
  defineLazyProperty(globalThis, name, lateOperations[name], true),
);
ObjectKeys(operations).forEach((name) => defineValue(globalThis, name, operations[name], true));
ObjectKeys(attributes).forEach((name) => defineAttribute(name, attributes[name]));
// Globals from nano.library. Reading one runs its module.
const fromLibrary = (module, name) => () => library.requireLibrary(module)[name];
defineLazyProperty(globalThis, 'Buffer', fromLibrary('node:buffer', 'Buffer'), false);
defineLazyProperty(globalThis, 'process', () => library.requireLibrary('node:process'), false);
defineLazyProperty(globalThis, 'setImmediate', fromLibrary('node:timers', 'setImmediate'), true);
defineLazyProperty(
  globalThis,
  'clearImmediate',
  fromLibrary('node:timers', 'clearImmediate'),
  true,
);
defineValue(globalThis, 'global', globalThis, false);
defineLazyProperty(
  globalThis,
  'HTMLRewriter',
  fromLibrary('nano:html_rewriter', 'HTMLRewriter'),
  false,
);
// A namespace: not enumerable (Web IDL 3.13).
defineValue(globalThis, 'console', console, false);

// In the order of snapshot/entry_points.h.
registerEntryPoints({
  dispatchFetch,
  fireTimer,
  pullOutgoing,
  cancelOutgoing,
  abortRequest,
  reportRejection,
  makeEnv,
  prepareWebAssembly,
  builtinModule,
  makeHandler,
  dispatchCall,
  dispatchScheduled,
  bindGlobals: (env) => serviceWorker.bindGlobals(env),
  applyFlags,
  listenersHandler: () => serviceWorker.listenersHandler(),
});
