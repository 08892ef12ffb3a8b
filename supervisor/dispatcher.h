#pragma once

#include "protocol/event_loop.h"
#include "supervisor/counters.h"
#include "supervisor/http_exchange.h"
#include "supervisor/outcome_reply.h"
#include "supervisor/request_router.h"
#include "supervisor/worker_pool.h"

namespace nano {

// The one way of a request into an app, whether a client sent it or another app.
class Dispatcher {
 public:
  // Takes the exchange over until it is answered, which it may be on return. Null: there is no such
  // app. Must not throw.
  virtual void dispatch(const Route* route, HttpExchange& exchange) = 0;

 protected:
  ~Dispatcher() noexcept(false) = default;
};

// By admission into the worker of the app's cordon.
class PoolDispatcher final : public Dispatcher {
 public:
  // All outlive the dispatcher.
  PoolDispatcher(EventLoop& loop, WorkerPool& pool, Counters& counters)
      : loop_(loop),
        pool_(pool),
        counters_(counters) {}
  KJ_DISALLOW_COPY(PoolDispatcher);

  void dispatch(const Route* route, HttpExchange& exchange) override;

 private:
  void admit(const Route& route, HttpExchange& exchange);
  void refuse(HttpExchange& exchange, const Refusal& refusal);

  EventLoop& loop_;
  WorkerPool& pool_;
  Counters& counters_;
};

}  // namespace nano
