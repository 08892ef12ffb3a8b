#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <v8.h>

namespace nano {

// What built-ins may ask of what lies behind fetch(); a part of Host, implemented by worker
// (OutboundFetches).
//
// A fetch is a number in JavaScript, and its bodies are known by the same: what Host says of an
// incoming body goes for the response's, what it says of an outgoing one for the request's.
class FetchHost {
 public:
  // Set in the number of every fetch, and in no slot.
  static constexpr uint32_t kFetchBit = uint32_t{1} << 31;
  // Set beside the number of a call that is answered, and in no other number: the bytes that follow
  // its arguments (openTwoWay, Host::respondTwoWay).
  static constexpr uint32_t kTwoWayBit = uint32_t{1} << 30;

  // What is asked for. Views live for the call.
  struct Outbound {
    std::string_view method;
    // http or https, as the URL standard serialises it, without credentials and fragment.
    std::string_view url;
    // The name of the service binding that answers; empty: the network.
    std::string_view service;
    // The method of the service that is called instead of its fetch(); empty: none.
    std::string_view rpcMethod;
    // As ResponseHead has them, but names as the program spells them.
    std::string_view headers;
    enum class Body : uint8_t {
      kNone,
      kWhole,     // `bytes`
      kIncoming,  // All of the body `incoming`, as it comes.
      kStream,    // Asked for with pullOutgoing, like that of a response.
    } body = Body::kNone;
    std::span<const std::byte> bytes;
    uint32_t incoming = 0;
    // Of a kStream; -1 where nobody has said.
    int64_t streamLength = -1;
  };

  // Why a fetch does not begin: what JavaScript throws.
  struct Refusal {
    enum class Kind : uint8_t { kError, kTypeError, kRangeError } kind = Kind::kTypeError;
    std::string message;
  };

  // Begins a fetch for the running request; its number. When it is answered `done` is called, once:
  //   done(status, statusText, headers, body, isDecoded)
  //     headers: as Host::requestHeaders. body: as Host::requestBody. isDecoded: reading the body
  //     takes a content coding off, which handing it on as it comes does not.
  //   done(0, message): it failed.
  // Not once it is aborted or its request is over. Allocates nothing on V8's heap.
  virtual std::variant<uint32_t, Refusal> startFetch(const Outbound& fetch,
                                                     v8::Local<v8::Function> done) = 0;
  // Gives it up, with its bodies.
  virtual void abortFetch(uint32_t number) = 0;
  // Of a call that is answered by Host::respondTwoWay: begins the outgoing body `number |
  // kTwoWayBit`. False where the answer is no such one, or this was done before.
  virtual bool openTwoWay(uint32_t) { return false; }

 protected:
  ~FetchHost() = default;
};

}  // namespace nano
