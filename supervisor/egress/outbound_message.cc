#include "supervisor/egress/outbound_message.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "protocol/limits.h"
#include "supervisor/egress/destination.h"
#include "supervisor/http_syntax.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

// What one field and one result take beside their text: structs, pointers, padding.
constexpr size_t kFieldFrameBytes = 32;
constexpr size_t kResultFrameBytes = 160;
constexpr size_t kMaxMethodBytes = 32;
// Of a method of JavaScript; ours.
constexpr size_t kMaxRpcMethodBytes = 256;

// Of a connection, not of the request (RFC 9110 7.6.1), or made from the destination and the body.
constexpr std::array<std::string_view, 12> kOurs{
    "connection",          "content-length",   "expect",  "host",
    "http2-settings",      "keep-alive",       "te",      "trailer",
    "proxy-authorization", "proxy-connection", "upgrade", "transfer-encoding"};

bool isOurs(std::string_view name) {
  for (std::string_view ours : kOurs)
    if (name == ours) return true;
  return false;
}

std::string_view view(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

EgressError refused(std::string message) { return {Kind::PROTOCOL, std::move(message)}; }

// The methods that the Fetch standard forbids, and what no method can be.
bool isMethod(std::string_view method) {
  return !method.empty() && method.size() <= kMaxMethodBytes && allBytes(method, kTokenByte) &&
         !equalsIgnoringCase(method, "connect") && !equalsIgnoringCase(method, "trace") &&
         !equalsIgnoringCase(method, "track");
}

bool isFieldName(std::string_view name) { return !name.empty() && allBytes(name, kTokenByte); }

// All that is decided about a field is decided about its name in lower case.
void addHeader(std::string_view spelling, std::string_view value, OutboundRequest& request) {
  std::string name(spelling);
  std::transform(name.begin(), name.end(), name.begin(), lowerCase);
  if (isOurs(name)) return;
  if (name != spelling) request.spellings.emplace(request.headers.size(), spelling);
  request.headers.emplace_back(std::move(name), value);
}

std::optional<EgressError> readHeaders(capnp::List<rpc::Header>::Reader headers,
                                       OutboundRequest& request) {
  if (headers.size() > kMaxResponseHeaders) {
    return refused("the request has more than " + std::to_string(kMaxResponseHeaders) + " headers");
  }
  size_t bytes = 0;
  for (rpc::Header::Reader header : headers) {
    const std::string_view name = view(header.getName());
    const std::string_view value = view(header.getValue());
    if (!isFieldName(name) || (!value.empty() && !allBytes(value, kValueByte))) {
      return refused("a header of the request has a character that none may have");
    }
    bytes += name.size() + value.size();
    addHeader(name, value, request);
  }
  if (bytes <= kMaxRequestHeaderBytes) return std::nullopt;
  return refused("the request's headers have more than " + std::to_string(kMaxRequestHeaderBytes) +
                 " bytes");
}

void readBody(rpc::Body::Reader body, OutboundRequest& request) {
  if (body.isBytes()) {
    request.body = kj::heapArray<kj::byte>(body.getBytes());
  } else if (body.isStream()) {
    OutboundRequest::Stream stream{body.getStream(), std::nullopt};
    if (body.getLength() >= 0) stream.length = static_cast<uint64_t>(body.getLength());
    request.body.emplace<OutboundRequest::Stream>(kj::mv(stream));
  }
}

void setText(capnp::Text::Builder to, std::string_view from) {
  if (!from.empty()) memcpy(to.begin(), from.data(), from.size());
}

void write(FetchedResponse& response, rpc::Response::Builder message) {
  message.setStatus(response.status);
  setText(message.initStatusText(static_cast<uint32_t>(response.statusText.size())),
          response.statusText);
  auto headers = message.initHeaders(static_cast<uint32_t>(response.headers.size()));
  for (uint32_t i = 0; i < headers.size(); ++i) {
    const auto& [name, value] = response.headers[i];
    setText(headers[i].initName(static_cast<uint32_t>(name.size())), name);
    setText(headers[i].initValue(static_cast<uint32_t>(value.size())), value);
  }
  if (auto* bytes = std::get_if<kj::Array<kj::byte>>(&response.body)) {
    message.initBody().setBytes(*bytes);
  } else if (auto* stream = std::get_if<OutboundRequest::Stream>(&response.body)) {
    auto body = message.initBody();
    body.setStream(kj::mv(stream->source));
    if (stream->length) body.setLength(static_cast<int64_t>(*stream->length));
    KJ_IF_MAYBE(upstream, stream->upstream) {
      body.setUpstream(kj::mv(*upstream));
    }
  }
}

}  // namespace

std::variant<OutboundRequest, EgressError> readOutbound(rpc::OutboundFetch::Reader fetch) {
  const rpc::Request::Reader asked = fetch.getRequest();
  OutboundRequest request;
  request.method = view(asked.getMethod());
  if (!isMethod(request.method)) return refused("the request's method cannot be sent");
  const std::string_view url = view(asked.getUrl());
  if (url.size() > kMaxUrlBytes) {
    return refused("the URL has more than " + std::to_string(kMaxUrlBytes) + " bytes");
  }
  auto destination = parseDestination(url);
  if (auto* problem = std::get_if<std::string>(&destination)) return refused(std::move(*problem));
  request.destination = std::move(std::get<Destination>(destination));
  request.hops = fetch.getHops();
  if (request.hops >= kMaxHops) {
    return EgressError{Kind::LOOP, "the request has passed " + std::to_string(kMaxHops) +
                                       " apps of this server: it goes round in a circle"};
  }
  if (auto problem = readHeaders(asked.getHeaders(), request)) return std::move(*problem);
  request.rpcMethod = view(fetch.getMethod());
  if (request.rpcMethod.size() > kMaxRpcMethodBytes) {
    return refused("the method's name has more than " + std::to_string(kMaxRpcMethodBytes) +
                   " bytes");
  }
  if (!request.rpcMethod.empty() && fetch.getService().size() == 0) {
    return refused("methods are called by service bindings only");
  }
  readBody(asked.getBody(), request);
  return request;
}

size_t messageBytes(const FetchOutcome& outcome) {
  const auto* response = std::get_if<FetchedResponse>(&outcome);
  if (response == nullptr) return kResultFrameBytes + std::get<EgressError>(outcome).message.size();
  size_t bytes = kResultFrameBytes + response->statusText.size();
  for (const auto& [name, value] : response->headers)
    bytes += kFieldFrameBytes + name.size() + value.size();
  const auto* body = std::get_if<kj::Array<kj::byte>>(&response->body);
  return bytes + (body == nullptr ? 0 : body->size());
}

void write(FetchOutcome outcome, rpc::FetchResult::Builder message) {
  if (auto* response = std::get_if<FetchedResponse>(&outcome)) {
    write(*response, message.initResponse());
  } else {
    write(std::get<EgressError>(outcome), message.initFailure());
  }
}

void write(const EgressError& error, rpc::EgressFailure::Builder message) {
  message.setKind(error.kind);
  setText(message.initMessage(static_cast<uint32_t>(error.message.size())), error.message);
}

}  // namespace nano
