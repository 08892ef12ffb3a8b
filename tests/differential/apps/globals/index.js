// What is global, and how it looks.

import { attempts, caseApp } from '../../case_app.js';

const kNames =
  `AbortController AbortSignal Blob BroadcastChannel ByteLengthQueuingStrategy Cache CacheStorage CloseEvent
  CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream ErrorEvent Event EventSource
  EventTarget ExtendableEvent FetchEvent File FileReader FixedLengthStream FormData HTMLRewriter Headers IdentityTransformStream
  ImageData MessageChannel MessageEvent MessagePort Navigator Performance PerformanceEntry PerformanceMark PerformanceMeasure
  PerformanceObserver PromiseRejectionEvent ReadableByteStreamController ReadableStream ReadableStreamBYOBReader
  ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader Request Response ScheduledEvent
  ServiceWorkerGlobalScope Storage SubtleCrypto TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream
  TransformStreamDefaultController URL URLPattern URLSearchParams WebAssembly WebSocket WebSocketPair WorkerGlobalScope
  WritableStream WritableStreamDefaultController WritableStreamDefaultWriter Buffer SharedArrayBuffer Atomics FinalizationRegistry
  WeakRef Intl Temporal Iterator addEventListener atob btoa caches clearInterval clearTimeout console crypto dispatchEvent fetch
  global gc navigator origin location performance process queueMicrotask removeEventListener reportError require scheduler self
  setImmediate setInterval setTimeout structuredClone window document importScripts XMLHttpRequest Worker onmessage postMessage`.split(
    /\s+/,
  );

const atStartup = await attempts({
  function: () => new Function('return 1')(),
  eval: () => globalThis.eval('2'),
});

export default caseApp({
  startup: () => atStartup,
  types: () => Object.fromEntries(kNames.map((name) => [name, typeof globalThis[name]])),
  navigator: () => ({
    agent: navigator.userAgent,
    language: navigator.language,
    languages: navigator.languages,
    platform: navigator.platform,
    onLine: navigator.onLine,
    cores: typeof navigator.hardwareConcurrency,
    beacon: typeof navigator.sendBeacon,
  }),
  self: () => [
    self === globalThis,
    typeof self.fetch,
    String(globalThis),
    globalThis.constructor?.name,
    this === undefined,
  ],
  performance: () => ({
    now: typeof performance.now(),
    origin: typeof performance.timeOrigin,
    mark: typeof performance.mark,
    json: typeof performance.toJSON,
    tag: String(performance),
  }),
  codegen: () =>
    attempts({
      eval: () => globalThis.eval('1'),
      function: () => new Function('return 1')(),
      ctor: () => (async () => {}).constructor('return 1'),
      timeout: () => setTimeout('1', 0),
      wasm: () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
      compile: () => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
    }),
  date: () => ({
    zone: new Date(0).getTimezoneOffset(),
    text: String(new Date(0)),
    locale: new Date(0).toLocaleString('de-DE', { timeZone: 'Europe/Berlin' }),
    default: Intl.DateTimeFormat().resolvedOptions().timeZone,
    intl: new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5),
    collate: ['z', 'ä', 'a'].sort(new Intl.Collator('de').compare),
    now: Math.abs(Date.now() - new Date().getTime()) < 5,
  }),
  assign: () =>
    attempts({
      own: () => {
        globalThis.ownOfTest = 1;
        return ownOfTest;
      },
      fetch: () => {
        const { fetch } = globalThis;
        globalThis.fetch = 1;
        const was = globalThis.fetch;
        globalThis.fetch = fetch;
        return was;
      },
      crypto: () => {
        globalThis.crypto = 1;
        return typeof globalThis.crypto;
      },
    }),
  report: () =>
    attempts({ error: () => reportError(new Error('reported')), none: () => reportError() }),
  errors: () => {
    const error = new Error('x');
    return [
      typeof error.stack,
      error.stack.split('\n')[0],
      Error.stackTraceLimit,
      typeof Error.captureStackTrace,
    ];
  },
  console: () => ({
    methods:
      'assert clear count countReset debug dir dirxml error group groupCollapsed groupEnd info log table time timeEnd timeLog trace warn context profile timeStamp'
        .split(' ')
        .map((name) => [name, typeof console[name]]),
    log: console.log('a line of the test'),
    tag: Object.prototype.toString.call(console),
  }),
});
