#include "supervisor/loaded_app.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/call_messages.h"
#include "supervisor/outcome_reply.h"

namespace nano {

struct LoadedApp::Call {
  LoadedApp* owner = nullptr;
  uint32_t id = 0;
  bool active = false;
  bool sent = false;
  bool answered = false;             // By the worker; only its body may still come.
  HttpExchange* exchange = nullptr;  // Null: nobody waits any more.
  RequestIds::Text requestId{};
  ExchangeBody::Link body;
  kj::Maybe<kj::Promise<void>> pump;
  // The list of calls with a deadline.
  bool waiting = false;
  kj::TimePoint deadline = kj::origin<kj::TimePoint>();
  Call* older = nullptr;
  Call* newer = nullptr;
};

// The app's way back to us. The worker decides when to let go of it, so it only knows us through a
// link that our destructor cuts.
class LoadedApp::Host final : public rpc::AppHost::Server {
 public:
  explicit Host(std::shared_ptr<LoadedApp*> link) : link_(std::move(link)) {}

  kj::Promise<void> answer(AnswerContext context) override {
    if (*link_ != nullptr) (*link_)->handleAnswers(context.getParams().getAnswers());
    return kj::READY_NOW;
  }

  kj::Promise<void> log(LogContext context) override {
    if (*link_ != nullptr) (*link_)->handleLog(context.getParams().getLines());
    return kj::READY_NOW;
  }

 private:
  std::shared_ptr<LoadedApp*> link_;
};

LoadedApp::LoadedApp(EventLoop& loop, Owner& owner, Counters& counters, RequestIds& ids,
                     std::shared_ptr<const AppVersion> version)
    : loop_(loop),
      owner_(owner),
      counters_(counters),
      ids_(ids),
      version_(std::move(version)),
      self_(std::make_shared<LoadedApp*>(this)),
      tasks_(*this) {}

LoadedApp::~LoadedApp() noexcept(false) {
  *self_ = nullptr;
  failed(rpc::Outcome::WORKER_DIED);
}

rpc::AppHost::Client LoadedApp::host() { return kj::heap<Host>(self_); }

void LoadedApp::started(rpc::App::Client app) {
  state_ = State::kStarted;
  app_ = kj::mv(app);
  Counters::add(counters_.appsLoaded);
  scheduleTurnEnd();
}

void LoadedApp::failed(rpc::Outcome outcome) {
  state_ = State::kFailed;
  failure_ = outcome;
  failedAt_ = loop_.timer().now();
  app_ = nullptr;
  queue_.clear();
  cancels_.clear();
  for (auto& call : calls_) {
    if (!call->active) continue;
    if (call->exchange != nullptr) answerWith(*call, outcome);
    release(*call);
  }
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

void LoadedApp::fetch(HttpExchange& exchange) {
  if (state_ == State::kFailed || active_ >= kMaxCallsInFlight) {
    auto outcome = state_ == State::kFailed ? failure_ : rpc::Outcome::LOAD_SHED;
    auto id = ids_.next();
    Counters::add(counters_.failed);
    respondWithOutcome(exchange, outcome, asView(id));
    return;
  }
  requests_++;
  Call& call = newCall(exchange);
  queue_.push_back(&call);
  if (state_ == State::kStarted) scheduleTurnEnd();
}

void LoadedApp::abandon(HttpExchange& exchange) {
  auto* call = static_cast<Call*>(exchange.handlerState);
  if (call != nullptr) call->owner->abandoned(*call);
}

void LoadedApp::abandoned(Call& call) {
  detach(call);
  if (call.answered) {
    release(call);
  } else if (call.sent) {
    cancels_.push_back(call.id);
    scheduleTurnEnd();
  }
}

LoadedApp::Call& LoadedApp::newCall(HttpExchange& exchange) {
  if (freeIds_.empty()) {
    calls_.push_back(std::make_unique<Call>());
    calls_.back()->owner = this;
    calls_.back()->id = static_cast<uint32_t>(calls_.size() - 1);
    freeIds_.push_back(calls_.back()->id);
  }
  Call& call = *calls_[freeIds_.back()];
  freeIds_.pop_back();
  active_++;
  call.active = true;
  call.sent = false;
  call.answered = false;
  call.exchange = &exchange;
  call.requestId = ids_.next();
  exchange.handlerState = &call;

  call.waiting = true;
  call.deadline = loop_.timer().now() + version_->limits.get(rpc::Limit::WALL) * kj::MILLISECONDS;
  call.older = newest_;
  call.newer = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->newer) = &call;
  newest_ = &call;
  if (!deadlineArmed_) armDeadline();
  return call;
}

// Nobody waits for this call any more: its exchange is answered or gone.
void LoadedApp::detach(Call& call) {
  if (call.exchange != nullptr) call.exchange->handlerState = nullptr;
  call.exchange = nullptr;
  if (call.body) *call.body = nullptr;
  call.body = nullptr;
  stopWaiting(call);
}

void LoadedApp::stopWaiting(Call& call) {
  if (!call.waiting) return;
  call.waiting = false;
  (call.older == nullptr ? oldest_ : call.older->newer) = call.newer;
  (call.newer == nullptr ? newest_ : call.newer->older) = call.older;
}

void LoadedApp::release(Call& call) {
  detach(call);
  call.active = false;
  active_--;
  freeIds_.push_back(call.id);
  // We may be inside the very promise: it is dropped when the stack is empty.
  KJ_IF_MAYBE(pump, call.pump) {
    finished_.add(kj::mv(*pump));
    call.pump = nullptr;
    scheduleTurnEnd();
  }
  if (retired_) scheduleTurnEnd();
}

void LoadedApp::answerWith(Call& call, rpc::Outcome outcome) {
  HttpExchange& exchange = *call.exchange;
  bool begun = call.answered;
  detach(call);
  Counters::add(counters_.failed);
  if (begun) {
    exchange.abort();
  } else {
    respondWithOutcome(exchange, outcome, asView(call.requestId));
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
  if (state_ != State::kStarted) return;
  // What was abandoned before it was sent never is.
  auto gone = std::stable_partition(queue_.begin(), queue_.end(),
                                    [](Call* call) { return call->exchange != nullptr; });
  for (auto it = gone; it != queue_.end(); ++it)
    release(**it);
  queue_.erase(gone, queue_.end());
  for (size_t first = 0; first < queue_.size(); first += kMaxBatchCalls) {
    sendBatch(first, std::min(kMaxBatchCalls, queue_.size() - first));
  }
  queue_.clear();
  if (!cancels_.empty()) sendCancels();
}

void LoadedApp::sendBatch(size_t first, size_t count) {
  auto& app = KJ_ASSERT_NONNULL(app_);
  auto request = app.fetchBatchRequest(capnp::MessageSize{64 + count * 96, 0});
  auto calls = request.initCalls(count);
  for (size_t i = 0; i < count; i++) {
    Call& call = *queue_[first + i];
    call.sent = true;
    calls[i].setId(call.id);
    auto id = asView(call.requestId);
    memcpy(calls[i].initRequestId(id.size()).begin(), id.data(), id.size());
    fillRequest(calls[i].initRequest(), *call.exchange, call.body);
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

void LoadedApp::handleAnswers(capnp::List<rpc::FetchAnswer>::Reader answers) {
  for (auto answer : answers) {
    uint32_t id = answer.getId();
    if (id >= calls_.size() || !calls_[id]->active || !calls_[id]->sent || calls_[id]->answered) {
      owner_.killWorker(*this, "it answered a request that it does not have");
      return;
    }
    handleAnswer(*calls_[id], answer);
  }
}

void LoadedApp::handleAnswer(Call& call, rpc::FetchAnswer::Reader answer) {
  if (call.exchange == nullptr) {
    release(call);
    return;
  }
  if (answer.getOutcome() != rpc::Outcome::OK) {
    answerWith(call, answer.getOutcome());
    release(call);
    return;
  }
  respond(call, answer.getResponse());
}

void LoadedApp::respond(Call& call, rpc::Response::Reader response) {
  auto head = checkedHead(response, fields_);
  auto body = response.getBody();
  if (!head || (body.isBytes() && body.getBytes().size() > kMaxMessageBytes)) {
    logError(asView(call.requestId),
             "The response was refused: its status must be 200 to 599, and its header fields at "
             "most 128 and 32 KB together.");
    answerWith(call, rpc::Outcome::RESPONSE_STREAM_DISCONNECTED);
    release(call);
    return;
  }
  Counters::add(counters_.answeredByApp);
  if (body.isStream()) {
    stream(call, body, *head);
    return;
  }
  HttpExchange& exchange = *call.exchange;
  release(call);
  auto bytes = body.isBytes() ? body.getBytes() : capnp::Data::Reader();
  exchange.respond(*head, {reinterpret_cast<const std::byte*>(bytes.begin()), bytes.size()});
}

void LoadedApp::stream(Call& call, rpc::Body::Reader body, const ResponseHead& head) {
  HttpExchange& exchange = *call.exchange;
  call.answered = true;
  // The limit is for the response's head; a stream may take as long as its reader stays.
  stopWaiting(call);
  std::optional<uint64_t> length;
  if (body.getLength() >= 0) length = static_cast<uint64_t>(body.getLength());
  exchange.start(head, length);
  if (call.exchange == nullptr) return;  // Gone while its head was written.
  call.pump = pump(call, body.getStream()).eagerlyEvaluate([this, &call](kj::Exception&& error) {
    KJ_LOG(INFO, "a response's body broke off", error.getType());
    if (call.exchange == nullptr) return;
    answerWith(call, rpc::Outcome::RESPONSE_STREAM_DISCONNECTED);
    release(call);
  });
}

kj::Promise<void> LoadedApp::pump(Call& call, rpc::ByteSource::Client source) {
  auto request = source.readRequest();
  request.setMaxBytes(kMaxReadBytes);
  return request.send().then(
      [this, &call, source = kj::mv(source)](
          capnp::Response<rpc::ByteSource::ReadResults>&& piece) mutable -> kj::Promise<void> {
        if (call.exchange == nullptr) return kj::READY_NOW;
        auto bytes = piece.getBytes();
        kj::Promise<void> written = kj::READY_NOW;
        if (bytes.size() > 0) {
          written = call.exchange->write(
              {reinterpret_cast<const std::byte*>(bytes.begin()), bytes.size()});
        }
        if (call.exchange == nullptr) return kj::READY_NOW;
        if (piece.getEnd()) {
          HttpExchange& exchange = *call.exchange;
          release(call);
          exchange.end();
          return kj::READY_NOW;
        }
        return written.then([this, &call, source = kj::mv(source)]() mutable {
          return pump(call, kj::mv(source));
        });
      });
}

void LoadedApp::handleLog(capnp::List<rpc::LogLine>::Reader lines) {
  std::vector<AppLogLine> copies;
  copies.reserve(lines.size());
  for (auto line : lines)
    copies.push_back(toLogLine(line, version_->id));
  owner_.appLog(*version_, std::move(copies));
}

void LoadedApp::logError(std::string_view requestId, std::string_view message) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  AppLogLine line{.unixMillis = now / std::chrono::milliseconds(1),
                  .requestId = std::string(requestId),
                  .level = LogLevel::kError,
                  .message = std::string(message),
                  .version = version_->id};
  owner_.appLog(*version_, {std::move(line)});
}

void LoadedApp::armDeadline() {
  if (oldest_ == nullptr) return;
  deadlineArmed_ = true;
  tasks_.add(loop_.timer().atTime(oldest_->deadline).then([this]() {
    deadlineArmed_ = false;
    expireDue();
    armDeadline();
  }));
}

void LoadedApp::expireDue() {
  auto now = loop_.timer().now();
  while (oldest_ != nullptr && oldest_->deadline <= now) {
    Call& call = *oldest_;
    bool sent = call.sent;
    answerWith(call, rpc::Outcome::EXCEEDED_WALL_TIME);
    if (!sent) continue;  // endTurn() or failed() releases it.
    cancels_.push_back(call.id);
    scheduleTurnEnd();
    uint32_t id = call.id;
    auto requestId = call.requestId;
    tasks_.add(loop_.timer()
                   .afterDelay(kHeartbeatGrace.count() * kj::MILLISECONDS)
                   .then([this, id, requestId]() { checkStuck(id, requestId); }));
  }
}

// A worker that does not even answer a request it was told to drop is of no use any more.
void LoadedApp::checkStuck(uint32_t id, RequestIds::Text requestId) {
  if (calls_[id]->active && calls_[id]->requestId == requestId) {
    owner_.killWorker(*this, "it did not let go of a request whose time was up");
  }
}

void LoadedApp::taskFailed(kj::Exception&& error) {
  // The link's end is told by the process's end, which answers what is left.
  if (error.getType() == kj::Exception::Type::DISCONNECTED) return;
  KJ_LOG(WARNING, "a call to a worker failed", error);
  owner_.killWorker(*this, "it failed a call that cannot fail");
}

}  // namespace nano
