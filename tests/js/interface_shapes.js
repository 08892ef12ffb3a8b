// @ts-check
// What the standards say is on each interface, by hand from their IDL. A line is
//
//     Name(length) < Parent | statics | members
//
// where `name(n)` is an operation that needs n arguments, `name` a read-only attribute, `name=` one
// that can be set, `NAME#` a constant and `@name(n)` a method by that well-known symbol.

/** WinterTC's minimum common API, and what is standard beside it. */
export const kStandard = `
AbortController(0) | | abort(0) signal
AbortSignal(0) < EventTarget | abort(0) any(1) timeout(1) | aborted onabort= reason throwIfAborted(0)
Blob(0) | | arrayBuffer(0) bytes(0) size slice(0) stream(0) text(0) type
BroadcastChannel(1) < EventTarget | | close(0) name onmessage= onmessageerror= postMessage(1)
ByteLengthQueuingStrategy(1) | | highWaterMark size
Cache(0) | | add(1) addAll(1) delete(1) keys(0) match(1) matchAll(0) put(2)
CacheStorage(0) | | delete(1) has(1) keys(0) match(1) open(1)
CloseEvent(1) < Event | | code reason wasClean
CompressionStream(1) | | readable writable
CountQueuingStrategy(1) | | highWaterMark size
Crypto(0) | | getRandomValues(1) randomUUID(0) subtle
CryptoKey(0) | | algorithm extractable type usages
CustomEvent(1) < Event | | detail initCustomEvent(1)
DecompressionStream(1) | | readable writable
ErrorEvent(1) < Event | | colno error filename lineno message
EventTarget(0) | | addEventListener(2) dispatchEvent(1) removeEventListener(2)
File(2) < Blob | | lastModified name
FormData(0) | | @iterator(0) append(2) delete(1) entries(0) forEach(1) get(1) getAll(1) has(1) keys(0) set(2) values(0)
MessageChannel(0) | | port1 port2
MessageEvent(1) < Event | | data initMessageEvent(1) lastEventId origin ports source
MessagePort(0) < EventTarget | | close(0) onclose= onmessage= onmessageerror= postMessage(1) start(0)
Navigator(0) | | userAgent
Performance(0) < EventTarget | | clearMarks(0) clearMeasures(0) clearResourceTimings(0) getEntries(0) getEntriesByName(1) getEntriesByType(1) mark(1) measure(1) now(0) onresourcetimingbufferfull= setResourceTimingBufferSize(1) timeOrigin toJSON(0)
PerformanceEntry(0) | | duration entryType name startTime toJSON(0)
PerformanceMark(1) < PerformanceEntry | | detail
PerformanceMeasure(0) < PerformanceEntry | | detail
PerformanceObserver(1) | supportedEntryTypes | disconnect(0) observe(0) takeRecords(0)
PerformanceObserverEntryList(0) | | getEntries(0) getEntriesByName(1) getEntriesByType(1)
PerformanceResourceTiming(0) < PerformanceEntry | | connectEnd connectStart decodedBodySize deliveryType domainLookupEnd domainLookupStart encodedBodySize fetchStart initiatorType nextHopProtocol redirectEnd redirectStart requestStart responseEnd responseStart responseStatus secureConnectionStart toJSON(0) transferSize workerStart
ProgressEvent(1) < Event | | lengthComputable loaded total
PromiseRejectionEvent(2) < Event | | promise reason
QuotaExceededError(0) < DOMException | | quota requested
ReadableByteStreamController(0) | | byobRequest close(0) desiredSize enqueue(1) error(0)
ReadableStream(0) | from(1) | @asyncIterator(0) cancel(0) getReader(0) locked pipeThrough(1) pipeTo(1) tee(0) values(0)
ReadableStreamBYOBReader(1) | | cancel(0) closed read(1) releaseLock(0)
ReadableStreamBYOBRequest(0) | | respond(1) respondWithNewView(1) view
ReadableStreamDefaultController(0) | | close(0) desiredSize enqueue(0) error(0)
ReadableStreamDefaultReader(1) | | cancel(0) closed read(0) releaseLock(0)
Request(1) | | arrayBuffer(0) blob(0) body bodyUsed bytes(0) cache clone(0) credentials destination duplex formData(0) headers integrity isHistoryNavigation isReloadNavigation json(0) keepalive method mode redirect referrer referrerPolicy signal text(0) textStream(0) url
Response(0) | error(0) json(1) redirect(1) | arrayBuffer(0) blob(0) body bodyUsed bytes(0) clone(0) formData(0) headers json(0) ok redirected status statusText text(0) textStream(0) type url
TextDecoder(0) | | decode(0) encoding fatal ignoreBOM
TextDecoderStream(0) | | encoding fatal ignoreBOM readable writable
TextEncoder(0) | | encode(0) encodeInto(2) encoding
TextEncoderStream(0) | | encoding readable writable
TransformStream(0) | | readable writable
TransformStreamDefaultController(0) | | desiredSize enqueue(0) error(0) terminate(0)
URL(1) | canParse(1) createObjectURL(1) parse(1) revokeObjectURL(1) | hash= host= hostname= href= origin password= pathname= port= protocol= search= searchParams toJSON(0) toString(0) username=
URLPattern(0) | | exec(0) hasRegExpGroups hash hostname password pathname port protocol search test(0) username
URLSearchParams(0) | | @iterator(0) append(2) delete(1) entries(0) forEach(1) get(1) getAll(1) has(1) keys(0) set(2) size sort(0) toString(0) values(0)
WritableStream(0) | | abort(0) close(0) getWriter(0) locked
WritableStreamDefaultController(0) | | error(0) signal
WritableStreamDefaultWriter(1) | | abort(0) close(0) closed desiredSize ready releaseLock(0) write(0)
Headers(0) | | @iterator(0) append(2) delete(1) entries(0) forEach(1) get(1) getSetCookie(0) has(1) keys(0) set(2) values(0)
Event(1) | NONE# CAPTURING_PHASE# AT_TARGET# BUBBLING_PHASE# | bubbles cancelBubble= cancelable composed composedPath(0) currentTarget defaultPrevented eventPhase initEvent(1) preventDefault(0) returnValue= srcElement stopImmediatePropagation(0) stopPropagation(0) target timeStamp type
EventSource(1) < EventTarget | CONNECTING# OPEN# CLOSED# | close(0) onerror= onmessage= onopen= readyState url withCredentials
FileReader(0) < EventTarget | EMPTY# LOADING# DONE# | abort(0) error onabort= onerror= onload= onloadend= onloadstart= onprogress= readAsArrayBuffer(1) readAsBinaryString(1) readAsDataURL(1) readAsText(1) readyState result
SubtleCrypto(0) | supports(2) | decapsulateBits(3) decapsulateKey(6) decrypt(3) deriveBits(2) deriveKey(5) digest(2) encapsulateBits(2) encapsulateKey(5) encrypt(3) exportKey(2) generateKey(3) getPublicKey(2) importKey(5) sign(3) unwrapKey(7) verify(4) wrapKey(4)
WebSocket(1) < EventTarget | CONNECTING# OPEN# CLOSING# CLOSED# | binaryType= bufferedAmount close(0) extensions onclose= onerror= onmessage= onopen= protocol readyState send(1) url
DOMException(0) | INDEX_SIZE_ERR# DOMSTRING_SIZE_ERR# HIERARCHY_REQUEST_ERR# WRONG_DOCUMENT_ERR# INVALID_CHARACTER_ERR# NO_DATA_ALLOWED_ERR# NO_MODIFICATION_ALLOWED_ERR# NOT_FOUND_ERR# NOT_SUPPORTED_ERR# INUSE_ATTRIBUTE_ERR# INVALID_STATE_ERR# SYNTAX_ERR# INVALID_MODIFICATION_ERR# NAMESPACE_ERR# INVALID_ACCESS_ERR# VALIDATION_ERR# TYPE_MISMATCH_ERR# SECURITY_ERR# NETWORK_ERR# ABORT_ERR# URL_MISMATCH_ERR# QUOTA_EXCEEDED_ERR# TIMEOUT_ERR# INVALID_NODE_TYPE_ERR# DATA_CLONE_ERR# | code message name
`;

/** What is on them beside that, and why: a static is `Name.member`, the others `Name#member`. */
export const kExtras = {
  'Headers#getAll': 'Workers, before getSetCookie()',
  'Navigator#hardwareConcurrency': 'HTML, Workers',
  'Navigator#language': 'HTML, Workers',
  'Navigator#languages': 'HTML, Workers',
  'Navigator#sendBeacon': 'Beacon, Workers',
  'ReadableStreamBYOBReader#readAtLeast': 'Workers, before the option min',
  'CacheStorage#default': "Workers' cache of the app",
  'Crypto#DigestStream': 'Workers: a class',
  'EventSource.from': 'Workers: over a stream',
  'Request#cf': 'Workers',
  'Response#cf': 'Workers',
  'Response#webSocket': 'Workers: of an upgrade',
  'SubtleCrypto#decapsulateBits': 'proposed; WPT has tests',
  'SubtleCrypto#decapsulateKey': 'proposed; WPT has tests',
  'SubtleCrypto#encapsulateBits': 'proposed; WPT has tests',
  'SubtleCrypto#encapsulateKey': 'proposed; WPT has tests',
  'SubtleCrypto.supports': 'proposed; WPT has tests',
  'SubtleCrypto#timingSafeEqual': 'Workers, and Node.js in crypto',
  'URLPattern.compareComponent': 'proposed; WPT has tests',
  'URLPattern#generate': 'proposed; WPT has tests',
  'WebSocket#accept': "Workers: of a pair's end",
};

/** Interfaces that no standard has, with the reason. */
export const kExtraInterfaces = {
  Buffer: 'Node.js',
  ExtendableEvent: 'Workers, of service workers',
  FetchEvent: 'Workers, of service workers',
  FixedLengthStream: 'Workers',
  IdentityTransformStream: 'Workers',
  ScheduledEvent: 'Workers, of service workers',
  HTMLRewriter: 'Workers',
  WebSocketPair: 'Workers',
};
