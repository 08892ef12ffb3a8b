#include "supervisor/loaded_app.h"

#include <algorithm>
#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/call_messages.h"
#include "supervisor/outcome_reply.h"

namespace nano {

// The app's way back to us. The worker decides when to let go of it, so it only knows us through a
// link that our destructor cuts.
class LoadedApp::Host final : public rpc::AppHost::Server {
 public:
  explicit Host(std::shared_ptr<LoadedApp*> link) : link_(std::move(link)) {}

  kj::Promise<void> answer(AnswerContext context) override {
    return take(
        [&context](LoadedApp& app) { app.handleAnswers(context.getParams().getAnswers()); });
  }

  kj::Promise<void> log(LogContext context) override {
    return take([&context](LoadedApp& app) { app.handleLog(context.getParams().getLines()); });
  }

 private:
  // A call that cannot be read, pointers that lead nowhere for example, ends the worker.
  template <typename Function>
  kj::Promise<void> take(Function function) {
    if (*link_ == nullptr) return kj::READY_NOW;
    auto error = kj::runCatchingExceptions([this, &function] { function(**link_); });
    KJ_IF_MAYBE(e, error) {
      if (*link_ != nullptr) (*link_)->killWorker("a call of its cannot be read");
      return kj::mv(*e);
    }
    return kj::READY_NOW;
  }

  std::shared_ptr<LoadedApp*> link_;
};

LoadedApp::LoadedApp(const Surroundings& surroundings, Owner& owner,
                     std::shared_ptr<const AppVersion> version)
    : loop_(surroundings.loop),
      owner_(owner),
      counters_(surroundings.counters),
      ids_(surroundings.ids),
      version_(std::move(version)),
      exchangesOfWorker_(surroundings.exchangesOfWorker),
      egress_(*this, surroundings.ways, surroundings.counters, version_, exchangesOfWorker_),
      self_(std::make_shared<LoadedApp*>(this)),
      usedAt_(loop_.timer().now()),
      tasks_(*this) {}

LoadedApp::~LoadedApp() noexcept(false) {
  *self_ = nullptr;
  // Its owner must not be asked to call it once more.
  scheduled_ = true;
  failed({rpc::Outcome::WORKER_DIED});
  *exchangesOfWorker_ -= active_;
}

rpc::AppHost::Client LoadedApp::host() { return kj::heap<Host>(self_); }

void LoadedApp::started(rpc::App::Client app, TurnWatch& turns) {
  state_ = State::kStarted;
  turns_ = &turns;
  app_ = kj::mv(app);
  Counters::add(counters_.appsLoaded);
  scheduleTurnEnd();
}

void LoadedApp::failed(const Refusal& refusal) {
  state_ = State::kFailed;
  failure_ = refusal;
  failedAt_ = loop_.timer().now();
  app_ = nullptr;
  egress_.close();
  toSend_.clear();
  queue_.clear();
  cancels_.clear();
  for (auto& call : calls_) {
    if (!call->active) continue;
    if (call->exchange != nullptr) answerWith(*call, refusal);
    release(*call);
  }
}

std::vector<OrphanedCall> LoadedApp::workerGone(rpc::Outcome outcome, Orphans orphans) {
  // What it asked of itself has nobody who waits for it any more.
  egress_.close();
  std::vector<OrphanedCall> left;
  for (auto& call : calls_) {
    if (orphans == Orphans::kAnswer || retired_ || !mayRetry(*call)) continue;
    left.push_back({call->exchange, call->requestId, std::move(call->admission)});
    detach(*call);
  }
  failed({outcome});
  return left;
}

// Nothing of an answer was sent, and the request may be made twice (RFC 9110 9.2.2; of the
// idempotent methods only those without a body, which is gone), or was never made.
bool LoadedApp::mayRetry(const AppCall& call) const {
  if (!call.active || call.exchange == nullptr || call.answered || call.retried) return false;
  if (!call.sent) return true;
  auto method = call.exchange->head().method;
  return call.exchange->bodyKind() == HttpExchange::BodyKind::kNone &&
         (method == "GET" || method == "HEAD" || method == "OPTIONS");
}

bool LoadedApp::isAtWork() const {
  if (state_ == State::kStarting) return true;
  return std::any_of(calls_.begin(), calls_.end(),
                     [](auto& call) { return call->active && call->sent; });
}

bool LoadedApp::mayBeTriedAgain(kj::Duration rest) const {
  return state_ == State::kFailed && loop_.timer().now() - failedAt_ > rest;
}

void LoadedApp::logStartupFailure(const StartupFailure& failure) {
  std::string text = failure.message;
  if (!failure.stack.empty()) text.append("\n").append(failure.stack);
  logError({}, text);
}

void LoadedApp::retire() {
  retired_ = true;
  scheduleTurnEnd();
}

void LoadedApp::fetch(HttpExchange& exchange, Admission admission) {
  auto requestId = ids_.next();
  uint64_t places = version_->limits.get(rpc::Limit::QUEUE);
  if (state_ == State::kFailed) {
    refuse(exchange, failure_, requestId);
  } else if (queued_ >= places && admitted_ >= version_->limits.get(rpc::Limit::IN_FLIGHT)) {
    Refusal refusal{rpc::Outcome::LOAD_SHED, {rpc::Limit::QUEUE, places, queued_ + 1}};
    logRefusal(admission, refusal, requestId);
    refuse(exchange, refusal, requestId);
  } else {
    take(newCall(exchange, std::move(admission), requestId));
  }
}

void LoadedApp::retry(OrphanedCall orphan) {
  if (state_ == State::kFailed) {
    refuse(*orphan.exchange, failure_, orphan.requestId);
    return;
  }
  AppCall& call = newCall(*orphan.exchange, std::move(orphan.admission), orphan.requestId);
  call.retried = true;
  take(call);
}

void LoadedApp::refuse(HttpExchange& exchange, const Refusal& refusal, RequestIds::Text requestId) {
  countRefusal(counters_, refusal);
  respondWithOutcome(exchange, refusal, asView(requestId));
}

void LoadedApp::take(AppCall& call) {
  requests_++;
  usedAt_ = loop_.timer().now();
  if (admitted_ < version_->limits.get(rpc::Limit::IN_FLIGHT)) {
    admitted_++;
    toSend_.push_back(&call);
    if (state_ == State::kStarted) scheduleTurnEnd();
    return;
  }
  call.queued = true;
  queued_++;
  auto patience = version_->limits.get(rpc::Limit::QUEUE_TIME) * kj::MILLISECONDS;
  queue_.push_back({&call, call.requestId, usedAt_ + patience});
  if (!queueDeadlineArmed_) armQueueDeadline();
}

// A place in the app has become free.
void LoadedApp::admitQueued() {
  if (state_ == State::kFailed) return;
  while (!queue_.empty() && admitted_ < version_->limits.get(rpc::Limit::IN_FLIGHT)) {
    Queued next = queue_.front();
    queue_.pop_front();
    if (!next.isIn()) continue;
    next.call->queued = false;
    queued_--;
    admitted_++;
    toSend_.push_back(next.call);
    scheduleTurnEnd();
  }
}

void LoadedApp::abandon(HttpExchange& exchange) {
  auto* call = static_cast<AppCall*>(exchange.handlerState);
  if (call != nullptr) call->owner->abandoned(*call);
}

void LoadedApp::abandoned(AppCall& call) {
  detach(call);
  if (call.answered || call.queued) {
    release(call);
  } else if (call.sent) {
    cancels_.push_back(call.id);
    scheduleTurnEnd();
  }
}

AppCall& LoadedApp::newCall(HttpExchange& exchange, Admission admission,
                            RequestIds::Text requestId) {
  if (freeIds_.empty()) {
    calls_.push_back(std::make_unique<AppCall>());
    calls_.back()->owner = this;
    calls_.back()->id = static_cast<uint32_t>(calls_.size() - 1);
    freeIds_.push_back(calls_.back()->id);
  }
  AppCall& call = *calls_[freeIds_.back()];
  freeIds_.pop_back();
  active_++;
  ++*exchangesOfWorker_;
  call.active = true;
  call.queued = false;
  call.sent = false;
  call.answered = false;
  call.retried = false;
  call.exchange = &exchange;
  call.requestId = requestId;
  call.admission = std::move(admission);
  exchange.handlerState = &call;
  auto limit = version_->limits.get(rpc::Limit::WALL) * kj::MILLISECONDS;
  waiting_.add(call, loop_.timer().now() + limit);
  if (!deadlineArmed_) armDeadline();
  return call;
}

// Nobody waits for this call any more: its exchange is answered or gone.
void LoadedApp::detach(AppCall& call) {
  if (call.exchange != nullptr) call.exchange->handlerState = nullptr;
  call.exchange = nullptr;
  if (call.body) *call.body = nullptr;
  call.body = nullptr;
  waiting_.remove(call);
}

void LoadedApp::release(AppCall& call) {
  detach(call);
  usedAt_ = loop_.timer().now();
  call.active = false;
  call.admission = Admission();
  active_--;
  --*exchangesOfWorker_;
  // Not yet free: this turn may still bring a piece of its body, and may still cancel it by this
  // id.
  released_.push_back(call.id);
  scheduleTurnEnd();
  if (call.queued) {
    call.queued = false;
    queued_--;
  } else {
    admitted_--;
    admitQueued();
  }
  // We may be inside the very promise: it is dropped when the stack is empty.
  KJ_IF_MAYBE(pump, call.pump) {
    finished_.add(kj::mv(*pump));
    call.pump = nullptr;
  }
}

void LoadedApp::scheduleTurnEnd() {
  if (scheduled_) return;
  scheduled_ = true;
  owner_.callAtTurnEnd(*this);
}

void LoadedApp::endTurn() {
  scheduled_ = false;
  finished_.clear();
  if (state_ == State::kStarted) {
    turns_->noteWork();
    send();
    egress_.sendResults(KJ_ASSERT_NONNULL(app_));
  }
  freeIds_.insert(freeIds_.end(), released_.begin(), released_.end());
  released_.clear();
}

void LoadedApp::send() {
  // What was abandoned before it was sent never is. Its place may bring another in.
  for (size_t i = 0; i < toSend_.size();) {
    AppCall* call = toSend_[i];
    if (call->exchange != nullptr) {
      i++;
      continue;
    }
    toSend_.erase(toSend_.begin() + static_cast<ptrdiff_t>(i));
    release(*call);
  }
  for (size_t first = 0; first < toSend_.size(); first += kMaxBatchCalls) {
    sendBatch(first, std::min(kMaxBatchCalls, toSend_.size() - first));
  }
  toSend_.clear();
  if (!cancels_.empty()) sendCancels();
}

void LoadedApp::sendBatch(size_t first, size_t count) {
  auto& app = KJ_ASSERT_NONNULL(app_);
  auto request = app.fetchBatchRequest(capnp::MessageSize{64 + count * 96, 0});
  auto calls = request.initCalls(count);
  for (size_t i = 0; i < count; i++) {
    AppCall& call = *toSend_[first + i];
    call.sent = true;
    calls[i].setId(call.id);
    auto id = asView(call.requestId);
    memcpy(calls[i].initRequestId(id.size()).begin(), id.data(), id.size());
    fillCall(calls[i], *call.exchange, call.body);
  }
  tasks_.add(request.send().then([this](capnp::Response<rpc::App::FetchBatchResults>&& results) {
    handleAnswers(results.getAnswers());
  }));
}

void LoadedApp::sendCancels() {
  auto request = KJ_ASSERT_NONNULL(app_).cancelRequest();
  auto ids = request.initIds(cancels_.size());
  for (size_t i = 0; i < cancels_.size(); i++)
    ids.set(i, cancels_[i]);
  cancels_.clear();
  tasks_.add(request.send().ignoreResult());
}

void LoadedApp::taskFailed(kj::Exception&& error) {
  // The link's end is told by the process's end, which answers what is left.
  if (error.getType() == kj::Exception::Type::DISCONNECTED) return;
  KJ_LOG(WARNING, "a call to a worker failed", error);
  owner_.killWorker(*this, "it failed a call that cannot fail");
}

}  // namespace nano
