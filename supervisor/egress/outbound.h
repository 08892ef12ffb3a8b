#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <kj/array.h>
#include <kj/async.h>

#include "protocol/egress.capnp.h"

namespace nano {

struct AppVersion;

// Where a fetch or a socket wants to go, as its URL says; checked by parseDestination, so that what
// is decided about it and what is connected to cannot differ.
struct Destination {
  enum class Scheme : uint8_t { kHttp, kHttps, kTcp, kTls };
  Scheme scheme = Scheme::kHttp;
  // Lower case; an IPv6 address without brackets. Never empty, never with a port, user or zone.
  std::string host;
  uint16_t port = 0;
  // Of an http or https URL: "/path?query", as the URL standard serialises it. Else empty.
  std::string target;
};

// Owned copies of what a worker asks for, within the limits of protocol/limits.h, with nothing in
// it that could split a head. Header names are lower case; none is hop-by-hop, nor `host` or
// `content-length`, which are ours to make.
struct OutboundRequest {
  std::string method;
  Destination destination;
  std::vector<std::pair<std::string, std::string>> headers;
  // How the program spells names that it does not write in lower case, by their place in `headers`:
  // for upstreams that read HTTP/1.1 to the letter.
  std::map<size_t, std::string> spellings;
  struct Stream {
    rpc::ByteSource::Client source;
    std::optional<uint64_t> length;
    // Of the answer to a call: where what the caller goes on to say may go.
    kj::Maybe<rpc::Upstream::Client> upstream = nullptr;
  };
  // None; all of it; or pulled while it is sent.
  std::variant<std::monostate, kj::Array<kj::byte>, Stream> body;
  uint8_t hops = 0;
  // Of a call by a service binding: the method that the worker asks for, and what the binding says
  // (AppBinding). Empty: fetch(), the default export, no props.
  std::string rpcMethod{};
  std::string entrypoint{};
  std::string props{};
};

struct EgressError {
  rpc::EgressFailure::Kind kind = rpc::EgressFailure::Kind::INTERNAL;
  // For the app's author (EgressFailure.message).
  std::string message;
  // Of a request that was not sent because its name leads to this server: the request itself, for
  // the app of this server that has the host.
  std::shared_ptr<OutboundRequest> arrived{};
};

struct FetchedResponse {
  uint16_t status = 0;
  std::string statusText;
  // Names in lower case; no hop-by-hop fields. At most kMaxUpstreamHeaders.
  std::vector<std::pair<std::string, std::string>> headers;
  // None; all of it, at most kMaxInlineBodyBytes; or pulled. Dropping the source gives the rest up.
  std::variant<std::monostate, kj::Array<kj::byte>, OutboundRequest::Stream> body;
  // Kept as long as a body that is pulled.
  std::shared_ptr<void> place{};
};

using FetchOutcome = std::variant<FetchedResponse, EgressError>;

// Something that answers the fetches of one app: the network, or another app of this server. One
// thread, that of the loop it was made for.
class Fetcher {
 public:
  // Never rejects for what an app or an upstream did. Dropping the promise gives the fetch up;
  // once it is done, dropping the body's source does.
  virtual kj::Promise<FetchOutcome> fetch(OutboundRequest request) = 0;

 protected:
  ~Fetcher() noexcept(false) = default;
};

}  // namespace nano
