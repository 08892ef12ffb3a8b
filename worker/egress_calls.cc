#include "worker/egress_calls.h"

#include <algorithm>
#include <utility>

#include <capnp/message.h>

#include "protocol/limits.h"
#include "snapshot/fetch_host.h"

namespace nano {
namespace {

// A struct of the schema, its pointers and their padding.
constexpr size_t kFrameBytes = 128;
// Half a message: a fetch's own size is only estimated.
constexpr size_t kBytesPerCall = kMaxMessageBytes / 2;

// What built-ins set in their numbers is in none.
constexpr uint32_t kIdMask = FetchHost::kTwoWayBit - 1;

}  // namespace

size_t EgressCalls::Fetch::messageBytes() const {
  return kFrameBytes + method.size() + url.size() + service.size() + rpcMethod.size() +
         headers.size() * 2 + inlineBytes(body);
}

void EgressCalls::Fetch::write(rpc::OutboundFetch::Builder message) {
  message.setId(id);
  message.setHops(hops);
  message.setService(service);
  if (!rpcMethod.empty())
    setText(message.initMethod(static_cast<uint32_t>(rpcMethod.size())), rpcMethod);
  rpc::Request::Builder request = message.initRequest();
  setText(request.initMethod(static_cast<uint32_t>(method.size())), method);
  setText(request.initUrl(static_cast<uint32_t>(url.size())), url);
  const auto count = static_cast<uint32_t>(countFlatHeaders(headers));
  if (count > 0) writeFlatHeaders(headers, request.initHeaders(count));
  if (!std::holds_alternative<std::monostate>(body)) writeBody(body, request.initBody());
}

uint32_t EgressCalls::newId() {
  do {
    lastId_ = (lastId_ + 1) & kIdMask;
  } while (sent_.contains(lastId_));
  return lastId_;
}

void EgressCalls::start(Fetch fetch, Listener& listener) {
  queue_.push_back({std::move(fetch), &listener});
}

void EgressCalls::cancel(uint32_t id) {
  if (std::erase_if(queue_, [id](const Queued& queued) { return queued.fetch.id == id; }) > 0) {
    return;
  }
  const auto found = sent_.find(id);
  if (found == sent_.end() || found->second == nullptr) return;
  found->second = nullptr;
  canceled_.push_back(id);
}

void EgressCalls::receive(capnp::List<rpc::FetchResult>::Reader results) {
  for (rpc::FetchResult::Reader result : results)
    receive(result);
}

void EgressCalls::receive(rpc::FetchResult::Reader result) {
  const auto found = sent_.find(result.getId());
  if (found == sent_.end()) return;
  Listener* listener = found->second;
  sent_.erase(found);
  if (listener == nullptr) {
    std::erase(canceled_, result.getId());
    return;
  }
  listener->fetched(result);
}

void EgressCalls::flush() {
  if (!canceled_.empty()) {
    auto request = egress_.cancelRequest();
    auto ids = request.initIds(static_cast<uint32_t>(canceled_.size()));
    for (uint32_t i = 0; i < ids.size(); ++i)
      ids.set(i, canceled_[i]);
    tasks_.add(request.send().ignoreResult());
    canceled_.clear();
  }
  while (const size_t count = nextBatch())
    send(count);
}

size_t EgressCalls::nextBatch() const {
  const size_t room = std::min({kMaxBatchFetches, queue_.size(),
                                kMaxFetchesInFlight - std::min(kMaxFetchesInFlight, sent_.size())});
  size_t bytes = 0;
  size_t count = 0;
  while (count < room && (count == 0 || bytes < kBytesPerCall))
    bytes += queue_[count++].fetch.messageBytes();
  return count;
}

void EgressCalls::send(size_t count) {
  size_t bytes = 0;
  for (size_t i = 0; i < count; ++i)
    bytes += queue_[i].fetch.messageBytes();
  auto request = egress_.startRequest(capnp::MessageSize{bytes / sizeof(capnp::word) + 16, 0});
  auto list = request.initFetches(static_cast<uint32_t>(count));
  std::vector<uint32_t> ids;
  for (uint32_t i = 0; i < count; ++i) {
    Queued& next = queue_.front();
    next.fetch.write(list[i]);
    ids.push_back(next.fetch.id);
    sent_.emplace(next.fetch.id, next.listener);
    queue_.pop_front();
  }
  tasks_.add(request.send().ignoreResult().catch_(
      [this, ids = std::move(ids)](kj::Exception&&) { fail(ids); }));
}

// The call itself was refused: nobody else will answer these.
void EgressCalls::fail(const std::vector<uint32_t>& ids) {
  for (uint32_t id : ids) {
    capnp::MallocMessageBuilder message;
    auto result = message.initRoot<rpc::FetchResult>();
    result.setId(id);
    auto failure = result.initFailure();
    failure.setKind(rpc::EgressFailure::Kind::INTERNAL);
    failure.setMessage("the way out of this server is closed");
    receive(result.asReader());
  }
}

}  // namespace nano
