#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/worker.capnp.h"
#include "supervisor/app_log.h"
#include "supervisor/exchange_body.h"
#include "supervisor/http_exchange.h"

// Between an HTTP exchange and the messages of the RPC link.
namespace nano {

// Writes the request. A body that is a stream becomes a capability; `body` is then its link to the
// exchange, which the caller cuts when the exchange is over.
void fillRequest(rpc::Request::Builder request, HttpExchange& exchange, ExchangeBody::Link& body);

// What of an app a call by a service binding is for, where that is not its default fetch().
void fillTarget(rpc::FetchCall::Builder call, const RequestHead& head);

// Writes what a call is for: a request and its target, or a scheduled event.
void fillCall(rpc::FetchCall::Builder call, HttpExchange& exchange, ExchangeBody::Link& body);

// The head of a worker's response, or nothing when it is not one that may be passed on: the worker
// is not trusted with status, number or size of its fields. Views into the message; `fields` is
// where the head's fields live. Bytes that may not stand in a field are the exchange's to refuse.
std::optional<ResponseHead> checkedHead(rpc::Response::Reader response,
                                        std::vector<HttpField>& fields);

// A console line as it is kept, cut to its limits.
AppLogLine toLogLine(rpc::LogLine::Reader line, std::string_view versionId);

// A line of our own in an app's log, made now. `requestId` may be empty.
AppLogLine errorLine(std::string_view requestId, std::string_view message,
                     std::string_view versionId);

}  // namespace nano
