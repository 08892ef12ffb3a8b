#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <kj/async.h>
#include <kj/timer.h>

#include "worker/app_source.h"
#include "worker/context_factory.h"

namespace nano {

// Blank isolates, made before anybody waits for one: making one takes some 2 ms, taking one
// nothing.
//
// A spare has the default limits; an app with another heap limit gets one made for it. The one who
// takes a realm owns it. The pool refills itself a moment later, when the turn that took one is
// over.
class IsolateManager final {
 public:
  IsolateManager(const ContextFactory& factory, kj::Timer& timer, size_t spares);
  IsolateManager(const IsolateManager&) = delete;
  IsolateManager& operator=(const IsolateManager&) = delete;

  std::unique_ptr<Realm> take(const AppSource& source);
  size_t spareCount() const { return spares_.size(); }
  // Makes what is missing now: at start-up.
  void fill();

  const ContextFactory& factory() const { return factory_; }

 private:
  void refillSoon();

  const ContextFactory& factory_;
  kj::Timer& timer_;
  size_t wantedSpares_;
  std::vector<std::unique_ptr<Realm>> spares_;
  bool refilling_ = false;
  kj::Promise<void> refill_ = nullptr;
};

}  // namespace nano
