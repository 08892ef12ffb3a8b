#include "worker/isolate_manager.h"

#include <utility>

namespace nano {
namespace {

// The answer that a load was for leaves first; what comes meanwhile goes first as well.
constexpr kj::Duration kRefillDelay = 1 * kj::MILLISECONDS;

}  // namespace

IsolateManager::IsolateManager(const ContextFactory& factory, kj::Timer& timer, size_t spares)
    : factory_(factory),
      timer_(timer),
      wantedSpares_(spares) {}

std::unique_ptr<Realm> IsolateManager::take(const AppSource& source) {
  if (spares_.empty() ||
      source.limits.bytes(rpc::Limit::HEAP) != AppLimits().bytes(rpc::Limit::HEAP)) {
    return factory_.make(source.limits.bytes(rpc::Limit::HEAP),
                         source.limits.bytes(rpc::Limit::BUFFERS));
  }
  std::unique_ptr<Realm> realm = std::move(spares_.back());
  spares_.pop_back();
  realm->buffers()->resize(source.limits.bytes(rpc::Limit::BUFFERS));
  refillSoon();
  return realm;
}

void IsolateManager::fill() {
  const AppLimits usual;
  while (spares_.size() < wantedSpares_) {
    spares_.push_back(
        factory_.make(usual.bytes(rpc::Limit::HEAP), usual.bytes(rpc::Limit::BUFFERS)));
  }
}

void IsolateManager::refillSoon() {
  if (refilling_) return;
  refilling_ = true;
  refill_ = timer_.afterDelay(kRefillDelay)
                .then([this]() {
                  refilling_ = false;
                  fill();
                })
                .eagerlyEvaluate(nullptr);
}

}  // namespace nano
