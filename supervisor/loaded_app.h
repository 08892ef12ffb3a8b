#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <kj/async.h>
#include <kj/timer.h>

#include "protocol/event_loop.h"
#include "protocol/worker.capnp.h"
#include "supervisor/app_log.h"
#include "supervisor/app_version.h"
#include "supervisor/counters.h"
#include "supervisor/http_exchange.h"
#include "supervisor/live_server.h"
#include "supervisor/request_id.h"

namespace nano {

// One version of one app in one worker process, seen from its front end: the requests that are with
// it, each answered exactly once whatever the worker does.
//
// Requests of one loop turn leave as one RPC (hot-path notes: that is what makes the link cheap).
// Until the app has started they wait; when the worker dies, all that are left get `workerDied`.
// Owned by its WorkerPool; one thread.
class LoadedApp final : private kj::TaskSet::ErrorHandler {
 public:
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

  LoadedApp(EventLoop& loop, Owner& owner, Counters& counters, RequestIds& ids,
            std::shared_ptr<const AppVersion> version);
  ~LoadedApp() noexcept(false);
  KJ_DISALLOW_COPY(LoadedApp);

  const AppVersion& version() const { return *version_; }
  std::shared_ptr<const AppVersion> sharedVersion() const { return version_; }
  // The capability to give to Worker.load; it outlives this object harmlessly.
  rpc::AppHost::Client host();

  // Null once this object is gone.
  std::shared_ptr<LoadedApp* const> whileAlive() const { return self_; }

  // The worker has it: what waits is sent. Or it could not be had: what waits is answered.
  void started(rpc::App::Client app);
  void failed(rpc::Outcome outcome);
  // It has failed, and that is `rest` ago: worth another try.
  bool mayBeTriedAgain(kj::Duration rest) const;
  void logStartupFailure(const StartupFailure& failure);

  // No new request comes: finished once those that are here are answered.
  void retire();
  bool isFinished() const { return retired_ && active_ == 0; }

  // Takes the exchange over until it is answered.
  void fetch(HttpExchange& exchange);
  // The client of an exchange that some LoadedApp has taken over is gone.
  static void abandon(HttpExchange& exchange);

  // Calls that the worker has not answered, whether or not anybody still waits.
  size_t inFlight() const { return active_; }
  uint64_t requests() const { return requests_; }

  // Sends what has gathered in this turn.
  void endTurn();

 private:
  enum class State { kStarting, kStarted, kFailed };
  struct Call;
  class Host;

  Call& newCall(HttpExchange& exchange);
  void abandoned(Call& call);
  void release(Call& call);
  void answerWith(Call& call, rpc::Outcome outcome);
  void detach(Call& call);
  void stopWaiting(Call& call);
  void sendBatch(size_t first, size_t count);
  void sendCancels();
  void handleAnswers(capnp::List<rpc::FetchAnswer>::Reader answers);
  void handleAnswer(Call& call, rpc::FetchAnswer::Reader answer);
  void handleLog(capnp::List<rpc::LogLine>::Reader lines);
  void respond(Call& call, rpc::Response::Reader response);
  void stream(Call& call, rpc::Body::Reader body, const ResponseHead& head);
  kj::Promise<void> pump(Call& call, rpc::ByteSource::Client source);
  void logError(std::string_view requestId, std::string_view message);
  void armDeadline();
  void expireDue();
  void checkStuck(uint32_t id, RequestIds::Text requestId);
  void scheduleTurnEnd();
  void taskFailed(kj::Exception&& error) override;

  EventLoop& loop_;
  Owner& owner_;
  Counters& counters_;
  RequestIds& ids_;
  std::shared_ptr<const AppVersion> version_;
  State state_ = State::kStarting;
  rpc::Outcome failure_ = rpc::Outcome::STARTUP_FAILED;
  kj::TimePoint failedAt_ = kj::origin<kj::TimePoint>();
  bool retired_ = false;
  kj::Maybe<rpc::App::Client> app_;
  // Cut by the destructor, for what the worker still holds of us.
  std::shared_ptr<LoadedApp*> self_;

  std::vector<std::unique_ptr<Call>> calls_;  // Index is the call's id.
  std::vector<uint32_t> freeIds_;
  size_t active_ = 0;
  uint64_t requests_ = 0;
  std::vector<Call*> queue_;       // To be sent at the turn's end, or once started.
  std::vector<uint32_t> cancels_;  // Likewise.
  bool scheduled_ = false;

  // Calls somebody waits for, oldest first: with one limit for all, the oldest is due first.
  Call* oldest_ = nullptr;
  Call* newest_ = nullptr;
  bool deadlineArmed_ = false;

  std::vector<HttpField> fields_;           // Scratch of respond().
  kj::Vector<kj::Promise<void>> finished_;  // Pumps that ended inside their own stack.
  kj::TaskSet tasks_;
};

}  // namespace nano
