#pragma once

#include <memory>
#include <utility>

#include <event2/event.h>
#include <kj/exception.h>

// libevent's objects under RAII, and the border between its C callbacks and C++ exceptions.
namespace nano {

template <auto release>
struct ReleaseWith {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};

using EventConfig = std::unique_ptr<event_config, ReleaseWith<event_config_free>>;
using EventBase = std::unique_ptr<event_base, ReleaseWith<event_base_free>>;
// Freeing an event also removes it from its base.
using Event = std::unique_ptr<event, ReleaseWith<event_free>>;

// Runs `body` inside a libevent callback. libevent is C: an exception that left here would end the
// process, so `onError(kj::Exception&&)` ends the one connection instead. `onError` must not throw.
template <typename Body, typename OnError>
void guard(Body&& body, OnError&& onError) {
  KJ_IF_MAYBE(error, kj::runCatchingExceptions(std::forward<Body>(body))) {
    onError(std::move(*error));
  }
}

}  // namespace nano
