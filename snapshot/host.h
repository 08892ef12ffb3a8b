#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <v8.h>

#include "snapshot/fetch_host.h"
#include "snapshot/socket_host.h"

namespace nano {

class KeyStore;
class ModuleLibrary;

enum class LogLevel : uint8_t { kLog, kDebug, kInfo, kWarn, kError };

// What built-ins may ask of the process they run in. One for each isolate, found through
// v8::Isolate::GetData(kHostSlot); worker implements it (IoBridge). While the snapshot is built
// there is none, and an op that needs one throws: that keeps side effects out of the snapshot.
//
// `slot` is the number of a request in its isolate, as dispatch.js received it. A slot that is not
// in use is ignored or answered as a request that was cancelled: JavaScript may hold one too long.
// Views handed in live for the call only.
class Host {
 public:
  static constexpr uint32_t kIsolateSlot = 0;  // v8::Isolate::SetData index.

  // The host of the running isolate, or null while a snapshot is built.
  static Host* of(v8::Isolate* isolate) {
    return static_cast<Host*>(isolate->GetData(kIsolateSlot));
  }

  // One console line, UTF-8, attributed to the request that is running (or to none).
  virtual void log(LogLevel level, std::string_view line) = 0;

  // Milliseconds since the request, or the isolate, began; coarse.
  virtual double now() = 0;
  // Milliseconds since 1970 that `now()` counts from.
  virtual double timeOrigin() = 0;

  // After `delayMillis` the entry point fireTimer(id) is called, once. The ids are JavaScript's.
  // False when the request has too many timers. One that is running already starts anew.
  virtual bool startTimer(uint32_t id, double delayMillis) = 0;
  virtual void stopTimer(uint32_t id) = 0;

  // The request's parts; values live for the call.
  virtual v8::Local<v8::String> requestUrl(uint32_t slot) = 0;
  virtual v8::Local<v8::String> requestMethod(uint32_t slot) = 0;
  // [name, value, name, value, ...] of one-byte strings, names in lower case.
  virtual v8::Local<v8::Array> requestHeaders(uint32_t slot) = 0;
  // undefined: no body. Uint8Array: all of it. null: a stream, read with readIncoming.
  virtual v8::Local<v8::Value> requestBody(uint32_t slot) = 0;
  // Of a body that comes in, by its number: a request's slot, or that of a fetch. A promise of a
  // Uint8Array, or of null at the end; rejects when the body breaks off.
  virtual v8::Local<v8::Promise> readIncoming(uint32_t number) = 0;
  // Nobody will read the rest.
  virtual void cancelIncoming(uint32_t number) = 0;

  struct ResponseHead {
    uint32_t status = 200;
    std::string_view statusText;
    // name \0 value \0 name \0 value \0 ..., Latin-1 bytes, names in lower case.
    std::string_view headers;
  };
  // Answers the request, once; later calls are ignored.
  virtual void respond(uint32_t slot, const ResponseHead& head, std::span<const std::byte> body,
                       bool hasBody) = 0;
  // Answers with a body that comes in and that nobody has read, as it comes.
  virtual void respondIncoming(uint32_t slot, const ResponseHead& head, uint32_t number) = 0;
  // Answers with a body to come. `length` is -1 where unknown.
  virtual void respondStream(uint32_t slot, const ResponseHead& head, int64_t length) = 0;
  // Answers a call with a body to come, beside which the incoming body `slot |
  // FetchHost::kTwoWayBit` has what the caller goes on to say.
  virtual void respondTwoWay(uint32_t) {}
  // Of a body that goes out, by its number: a request's slot, or that of a fetch. The entry point
  // pullOutgoing(number) asks for each chunk, and JavaScript answers with exactly one of these.
  virtual void writeOutgoing(uint32_t number, std::span<const std::byte> chunk) = 0;
  virtual void endOutgoing(uint32_t number) = 0;
  virtual void failOutgoing(uint32_t number, v8::Local<v8::Value> error) = 0;
  // The handler threw or rejected: logged, and the request's answer where it has none.
  virtual void failRequest(uint32_t slot, v8::Local<v8::Value> error) = 0;

  // ctx.waitUntil: keeps the request's context alive until `promise` settles or time is up.
  virtual void waitUntil(uint32_t slot, v8::Local<v8::Promise> promise) = 0;

  // Null where nothing can be fetched.
  virtual FetchHost* fetches() = 0;
  // Null in a program without a network.
  virtual SocketHost* sockets() { return nullptr; }
  // The keys of crypto.subtle; null in a program that keeps none.
  virtual KeyStore* keys() { return nullptr; }
  // What js/library.js has modules from; null in a program that has opened none.
  virtual const ModuleLibrary* moduleLibrary() { return nullptr; }
  // Whether code can be made here; without it compiling WebAssembly would end V8.
  virtual bool hasWebAssembly() { return true; }
  // What the app may hold outside V8's heap, in all (buffers_mb).
  virtual size_t bufferBytes() { return size_t{64} << 20; }

  // Whether JavaScript has been told to stop, which it is when native code returns to it: what
  // takes long looks from time to time, and ends.
  virtual bool isStopping() { return false; }

 protected:
  ~Host() = default;
};

}  // namespace nano
