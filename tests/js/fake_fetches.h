#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <v8.h>

#include "snapshot/entry_points.h"
#include "snapshot/fetch_host.h"
#include "tests/js/fake_pipes.h"

namespace nano {

// The outside world of a JavaScript test: a function of the test hears of every fetch that begins,
// as { number, method, url, service, rpcMethod, headers, body, incoming, streamed, length }, and
// the test answers. `length` is that of a streamed body, -1 where nobody has said.
//
// What becomes of a fetch is written on that object: `aborted`, `bodyCancelled`, and for a streamed
// body `body` once all of it has come, or `bodyError`.
class FakeFetches final : public FetchHost {
 public:
  FakeFetches(v8::Isolate* isolate, const EntryPoints& entryPoints, FakePipes& pipes)
      : isolate_(isolate),
        entryPoints_(entryPoints),
        pipes_(pipes) {}
  virtual ~FakeFetches() = default;
  FakeFetches(const FakeFetches&) = delete;
  FakeFetches& operator=(const FakeFetches&) = delete;

  // Without one nothing can be fetched, as outside of a request.
  void setOutbound(v8::Local<v8::Function> outbound) { outbound_.Reset(isolate_, outbound); }
  struct Response {
    uint32_t status = 0;
    v8::Local<v8::String> statusText;
    v8::Local<v8::Value> headers;
    // undefined, a Uint8Array, or an array of them, in which an Error is a broken body.
    v8::Local<v8::Value> body;
    bool isDecoded = false;
  };
  void answer(uint32_t number, const Response& response);
  void fail(uint32_t number, v8::Local<v8::String> message);
  // With what the request `slot` goes on to say, which listens as well.
  void answerTwoWay(uint32_t number, uint32_t slot);
  // The request that it was made for.
  int32_t slotOf(uint32_t number) { return fetches_.at(number & ~kTwoWayBit).slot; }

  // Tells the test of what has begun, asks for bodies. False when there is nothing to do.
  bool turn(v8::Local<v8::Context> context);

  // Host's part for the bodies of fetches.
  v8::Local<v8::Promise> readIncoming(uint32_t number);
  void cancelIncoming(uint32_t number);
  void writeOutgoing(uint32_t number, std::span<const std::byte> chunk);
  void endOutgoing(uint32_t number);
  void failOutgoing(uint32_t number, v8::Local<v8::Value> error) {
    note(number, "bodyError", error);
  }

  std::variant<uint32_t, Refusal> startFetch(const Outbound& fetch,
                                             v8::Local<v8::Function> done) override;
  void abortFetch(uint32_t number) override;
  bool openTwoWay(uint32_t number) override;

 private:
  struct Fetch {
    std::string method, url, service, rpcMethod, headers, body;
    Outbound::Body kind = Outbound::Body::kNone;
    uint32_t incoming = 0;
    int64_t streamLength = -1;
    int32_t slot = 0;
    bool isTold = false;
    bool pullWanted = false;
    v8::Global<v8::Object> exchange;
    v8::Global<v8::Function> done;
    v8::Global<v8::Array> chunks;
    uint32_t nextChunk = 0;
    // Of one that is answered in two ways.
    std::optional<uint32_t> answerer;
    bool isOpen = false;
    bool secondPullWanted = false;
  };

  void tell(v8::Local<v8::Context> context, uint32_t number, Fetch& fetch);
  void pull(v8::Local<v8::Context> context, const Fetch& fetch, uint32_t number);
  void callDone(uint32_t number, int count, v8::Local<v8::Value>* arguments);
  void note(uint32_t number, const char* name, v8::Local<v8::Value> value);
  v8::Local<v8::Value> bytesOf(const std::string& text);

  v8::Isolate* isolate_;
  const EntryPoints& entryPoints_;
  FakePipes& pipes_;
  v8::Global<v8::Function> outbound_;
  std::map<uint32_t, Fetch> fetches_;
  uint32_t made_ = 0;
};

}  // namespace nano
