#include "supervisor/call_messages.h"

#include <chrono>
#include <cstring>
#include <memory>
#include <tuple>

#include <kj/memory.h>

#include "protocol/limits.h"
#include "supervisor/cron/scheduled_event.h"
#include "supervisor/request_id.h"

namespace nano {

namespace {

std::string_view view(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

void setText(capnp::Text::Builder to, std::string_view from) {
  if (!from.empty()) memcpy(to.begin(), from.data(), from.size());
}

void fillUrl(rpc::Request::Builder request, const RequestHead& head) {
  constexpr std::string_view kAfterScheme = "://";
  auto url = request.initUrl(head.scheme.size() + kAfterScheme.size() + head.authority.size() +
                             head.target.size());
  char* to = url.begin();
  for (auto part : {head.scheme, kAfterScheme, head.authority, head.target}) {
    if (!part.empty()) memcpy(to, part.data(), part.size());
    to += part.size();
  }
}

// A number that this build does not know is an ordinary line.
LogLevel logLevel(rpc::LogLine::Level level) {
  switch (level) {
    case rpc::LogLine::Level::DEBUG:
      return LogLevel::kDebug;
    case rpc::LogLine::Level::INFO:
      return LogLevel::kInfo;
    case rpc::LogLine::Level::WARN:
      return LogLevel::kWarn;
    case rpc::LogLine::Level::ERROR:
      return LogLevel::kError;
    case rpc::LogLine::Level::LOG:
      break;
  }
  return LogLevel::kLog;
}

}  // namespace

void fillRequest(rpc::Request::Builder request, HttpExchange& exchange, ExchangeBody::Link& body) {
  const RequestHead& head = exchange.head();
  setText(request.initMethod(head.method.size()), head.method);
  fillUrl(request, head);
  auto headers = request.initHeaders(head.fields.size());
  for (size_t i = 0; i < head.fields.size(); i++) {
    setText(headers[i].initName(head.fields[i].name.size()), head.fields[i].name);
    setText(headers[i].initValue(head.fields[i].value.size()), head.fields[i].value);
  }
  setText(request.initClientAddress(head.clientAddress.size()), head.clientAddress);

  if (exchange.bodyKind() == HttpExchange::BodyKind::kWhole) {
    auto bytes = exchange.wholeBody();
    request.initBody().setBytes(
        kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
  } else if (exchange.bodyKind() == HttpExchange::BodyKind::kStream) {
    body = std::make_shared<HttpExchange*>(&exchange);
    auto message = request.initBody();
    message.setStream(kj::heap<ExchangeBody>(body));
    auto length = exchange.bodyLength();
    if (length) message.setLength(static_cast<int64_t>(*length));
  }
}

void fillTarget(rpc::FetchCall::Builder call, const RequestHead& head) {
  if (!head.entrypoint.empty())
    setText(call.initEntrypoint(head.entrypoint.size()), head.entrypoint);
  if (!head.props.empty()) setText(call.initProps(head.props.size()), head.props);
  if (!head.rpcMethod.empty()) setText(call.initMethod(head.rpcMethod.size()), head.rpcMethod);
}

void fillCall(rpc::FetchCall::Builder call, HttpExchange& exchange, ExchangeBody::Link& body) {
  const RequestHead& head = exchange.head();
  call.setHops(head.hops);
  if (head.scheduled == nullptr) {
    fillRequest(call.initRequest(), exchange, body);
    fillTarget(call, head);
    return;
  }
  auto scheduled = call.initScheduled();
  setText(scheduled.initCron(head.scheduled->cron.size()), head.scheduled->cron);
  scheduled.setUnixMillis(head.scheduled->unixMillis);
}

std::optional<ResponseHead> checkedHead(rpc::Response::Reader response,
                                        std::vector<HttpField>& fields) {
  auto headers = response.getHeaders();
  if (response.getStatus() < 200 || response.getStatus() > 599) return std::nullopt;
  if (headers.size() > kMaxResponseHeaders) return std::nullopt;
  fields.clear();
  size_t bytes = response.getStatusText().size();
  for (auto header : headers) {
    fields.push_back({view(header.getName()), view(header.getValue())});
    bytes += fields.back().name.size() + fields.back().value.size();
  }
  if (bytes > kMaxResponseHeaderBytes) return std::nullopt;
  return ResponseHead{response.getStatus(), view(response.getStatusText()), fields};
}

AppLogLine toLogLine(rpc::LogLine::Reader line, std::string_view versionId) {
  AppLogLine copy;
  copy.unixMillis = line.getUnixMillis();
  copy.requestId = view(line.getRequestId()).substr(0, std::tuple_size_v<RequestIds::Text>);
  copy.level = logLevel(line.getLevel());
  copy.message = view(line.getMessage()).substr(0, kMaxLogLineBytes);
  copy.version = versionId;
  return copy;
}

AppLogLine errorLine(std::string_view requestId, std::string_view message,
                     std::string_view versionId) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return {.unixMillis = now / std::chrono::milliseconds(1),
          .requestId = std::string(requestId),
          .level = LogLevel::kError,
          .message = std::string(message),
          .version = std::string(versionId)};
}

}  // namespace nano
