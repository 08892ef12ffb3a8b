#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <kj/async.h>
#include <kj/timer.h>

#include "protocol/event_loop.h"
#include "protocol/worker.capnp.h"
#include "supervisor/app_call.h"
#include "supervisor/app_log.h"
#include "supervisor/app_version.h"
#include "supervisor/counters.h"
#include "supervisor/egress/app_egress.h"
#include "supervisor/http_exchange.h"
#include "supervisor/live_server.h"
#include "supervisor/request_id.h"
#include "supervisor/turn_watch.h"

namespace nano {

// What a client is told of a worker's answer that is no response, and of a load that failed:
// checked, and with our own numbers where we have them.
Refusal workersRefusal(rpc::Outcome said, rpc::LimitBreach::Reader breach, const AppLimits& limits);

// One version of one app in one worker process, seen from its front end: the requests that are with
// it, each answered exactly once whatever the worker does.
//
// Requests of one loop turn leave as one RPC (hot-path notes: that is what makes the link cheap).
// Until the app has started they wait; past the app's limit of requests at a time they queue, for a
// bounded time. When the worker dies, those that nothing was sent for may go to another.
// Owned by its WorkerPool; one thread.
class LoadedApp final : private AppEgress::Owner, private kj::TaskSet::ErrorHandler {
 public:
  // What all apps of a front end share; outlives them.
  struct Surroundings {
    EventLoop& loop;
    Counters& counters;
    RequestIds& ids;
    EgressWays& ways;
    // Requests and fetches that all apps of its worker have open.
    std::shared_ptr<size_t> exchangesOfWorker = std::make_shared<size_t>(0);
  };
  // What it needs of the one that owns it.
  class Owner {
   public:
    // The worker broke the protocol, or is stuck: it must go, with all its apps.
    virtual void killWorker(LoadedApp& app, kj::StringPtr why) = 0;
    // Asks for one call of endTurn() before this turn's output is flushed.
    virtual void callAtTurnEnd(LoadedApp& app) = 0;
    virtual void appLog(const AppVersion& version, std::vector<AppLogLine> lines) = 0;

   protected:
    ~Owner() noexcept(false) = default;
  };

  LoadedApp(const Surroundings& surroundings, Owner& owner,
            std::shared_ptr<const AppVersion> version);
  ~LoadedApp() noexcept(false);
  KJ_DISALLOW_COPY(LoadedApp);

  const AppVersion& version() const { return *version_; }
  std::shared_ptr<const AppVersion> sharedVersion() const { return version_; }
  // The capability to give to Worker.load; it outlives this object harmlessly.
  rpc::AppHost::Client host();
  // Likewise: the app's way out.
  rpc::Egress::Client egress() { return egress_.client(); }

  // Null once this object is gone.
  std::shared_ptr<LoadedApp* const> whileAlive() const { return self_; }

  // The worker has it: what waits is sent. Or it could not be had: what waits is answered.
  // `turns`, the worker's, outlives this object.
  void started(rpc::App::Client app, TurnWatch& turns);
  void failed(const Refusal& refusal);
  // The worker is gone. `kRetry`: calls that another worker may take are given back, each at most
  // once in its life; the rest is answered with `outcome`.
  enum class Orphans { kAnswer, kRetry };
  std::vector<OrphanedCall> workerGone(rpc::Outcome outcome, Orphans orphans);
  // Whether the worker is at work for it: then it may be what killed the worker.
  bool isAtWork() const;
  bool isStarting() const { return state_ == State::kStarting; }
  // It has failed, and that is `rest` ago: worth another try.
  bool mayBeTriedAgain(kj::Duration rest) const;
  void logStartupFailure(const StartupFailure& failure);
  // A line of ours in the app's log; `requestId` may be empty.
  void logError(std::string_view requestId, std::string_view message);

  // No new request comes: finished once those that are here are answered.
  void retire();
  bool isFinished() const { return retired_ && active_ == 0; }

  // Takes the exchange over until it is answered.
  void fetch(HttpExchange& exchange, Admission admission);
  void retry(OrphanedCall orphan);
  // The client of an exchange that some LoadedApp has taken over is gone.
  static void abandon(HttpExchange& exchange);

  // Calls that the worker has not answered, whether or not anybody still waits.
  size_t inFlight() const { return active_; }
  uint64_t requests() const { return requests_; }
  // When the last request came.
  kj::TimePoint usedAt() const { return usedAt_; }
  // How many isolates its worker has thrown away for it, because a limit was broken.
  uint32_t condemned() const { return condemned_; }

  // Sends what has gathered in this turn.
  void endTurn();

 private:
  enum class State { kStarting, kStarted, kFailed };
  class Host;

  AppCall& newCall(HttpExchange& exchange, Admission admission, RequestIds::Text requestId);
  void take(AppCall& call);
  void admitQueued();
  void abandoned(AppCall& call);
  void release(AppCall& call);
  void answerWith(AppCall& call, const Refusal& refusal);
  void refuse(HttpExchange& exchange, const Refusal& refusal, RequestIds::Text requestId);
  void detach(AppCall& call);
  bool mayRetry(const AppCall& call) const;
  void send();
  void sendBatch(size_t first, size_t count);
  void sendCancels();
  void handleAnswers(capnp::List<rpc::FetchAnswer>::Reader answers);
  void handleAnswer(AppCall& call, rpc::FetchAnswer::Reader answer);
  void handleLog(capnp::List<rpc::LogLine>::Reader lines);
  void respond(AppCall& call, rpc::Response::Reader response);
  void stream(AppCall& call, rpc::Body::Reader body, const ResponseHead& head);
  kj::Promise<void> pump(AppCall& call, rpc::ByteSource::Client source);
  void logRefusal(const Admission& admission, const Refusal& refusal, RequestIds::Text requestId);
  void armDeadline();
  void expireDue();
  void armQueueDeadline();
  void expireQueued();
  void killWorker(kj::StringPtr why) override { owner_.killWorker(*this, why); }
  void checkStuck(uint32_t id, RequestIds::Text requestId);
  void scheduleTurnEnd() override;
  void taskFailed(kj::Exception&& error) override;

  EventLoop& loop_;
  Owner& owner_;
  Counters& counters_;
  RequestIds& ids_;
  std::shared_ptr<const AppVersion> version_;
  const std::shared_ptr<size_t> exchangesOfWorker_;
  AppEgress egress_;
  State state_ = State::kStarting;
  Refusal failure_;
  kj::TimePoint failedAt_ = kj::origin<kj::TimePoint>();
  bool retired_ = false;
  kj::Maybe<rpc::App::Client> app_;
  TurnWatch* turns_ = nullptr;  // There once it has started.
  // Cut by the destructor, for what the worker still holds of us.
  std::shared_ptr<LoadedApp*> self_;

  std::vector<std::unique_ptr<AppCall>> calls_;  // Index is the call's id.
  std::vector<uint32_t> freeIds_;
  std::vector<uint32_t> released_;  // Free from the turn's end on.
  size_t active_ = 0;
  size_t admitted_ = 0;  // Of those, past the queue.
  uint64_t requests_ = 0;
  uint32_t condemned_ = 0;
  kj::TimePoint usedAt_;
  std::vector<AppCall*> toSend_;   // At the turn's end, or once started.
  std::vector<uint32_t> cancels_;  // Likewise.
  bool scheduled_ = false;

  DeadlineList waiting_;
  bool deadlineArmed_ = false;
  // For a place in the app. A call that has left the queue otherwise has another request's id.
  struct Queued {
    AppCall* call;
    RequestIds::Text requestId;
    kj::TimePoint deadline;
    bool isIn() const { return call->queued && call->requestId == requestId; }
  };
  std::deque<Queued> queue_;
  size_t queued_ = 0;
  bool queueDeadlineArmed_ = false;

  std::vector<HttpField> fields_;           // Scratch of respond().
  kj::Vector<kj::Promise<void>> finished_;  // Pumps that ended inside their own stack.
  kj::TaskSet tasks_;
};

}  // namespace nano
