#include "worker/app_server.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// Half a message: an answer's own size is only estimated.
constexpr size_t kAnswerBytesPerCall = kMaxMessageBytes / 2;

// Moves what does not fit into one message from the end of `answers` to `late`; returns about how
// many bytes the others take.
size_t moveSurplus(std::vector<Answer>& answers, std::vector<Answer>& late) {
  size_t bytes = 0;
  size_t kept = 0;
  while (kept < answers.size() && bytes < kAnswerBytesPerCall) {
    bytes += answers[kept++].messageBytes();
  }
  std::move(answers.begin() + static_cast<ptrdiff_t>(kept), answers.end(),
            std::back_inserter(late));
  answers.resize(kept);
  return bytes;
}

}  // namespace

AppServer::AppServer(AppSource source, Capabilities capabilities, WorkerParts parts,
                     std::shared_ptr<Registry> all)
    : source_(std::move(source)),
      host_(capabilities.host),
      parts_(parts),
      all_(std::move(all)),
      log_(kj::mv(capabilities.host)),
      cpu_(source_.limits),
      egress_(kj::mv(capabilities.egress)),
      tasks_(ignoreErrors_) {
  all_->push_back(this);
}

AppServer::~AppServer() noexcept(false) { std::erase(*all_, this); }

kj::Promise<LoadResult> AppServer::load() {
  auto isolate = std::make_unique<AppIsolate>(
      parts_.isolates.take(source_), source_, parts_.limiter,
      IoBridge::Surroundings{parts_.timer, log_, cpu_, egress_, [this]() {
                               if (!endingTurn_) stir();
                             }});
  AppIsolate& loading = *isolate;
  loadingIsolate_ = std::move(isolate);
  return loading.load().then([this](LoadResult&& result) {
    if (result.outcome == rpc::Outcome::OK) {
      isolate_ = std::move(loadingIsolate_);
    } else {
      // This may be a continuation of one of its own promises: it goes at the end of the turn.
      retired_.push_back(std::move(loadingIsolate_));
    }
    stir();
    return kj::mv(result);
  });
}

kj::Promise<AppServer::Readiness> AppServer::ready() {
  if (isolate_ != nullptr) return Readiness{};
  if (!loading_) {
    loading_ = true;
    loadDone_ = load()
                    .then([this](LoadResult&& result) {
                      loading_ = false;
                      return Readiness{result.outcome, result.breach};
                    })
                    .fork();
  }
  return loadDone_.addBranch();
}

kj::Promise<void> AppServer::fetchBatch(FetchBatchContext context) {
  context.allowCancellation();
  const Calls calls = context.getParams().getCalls();
  checkCalls(calls);
  return runCalls(context, 0, {});
}

// Before the first call runs: a batch that breaks the protocol is refused as a whole.
void AppServer::checkCalls(Calls calls) const {
  KJ_REQUIRE(calls.size() <= kMaxBatchCalls, "too many calls in a batch", calls.size());
  std::vector<uint32_t> ids;
  ids.reserve(calls.size());
  for (rpc::FetchCall::Reader call : calls)
    ids.push_back(call.getId());
  std::sort(ids.begin(), ids.end());
  KJ_REQUIRE(std::adjacent_find(ids.begin(), ids.end()) == ids.end(), "an id is there twice");
  if (isolate_ == nullptr) return;
  const RequestTable& requests = isolate_->requests();
  KJ_REQUIRE(requests.unansweredCount() + ids.size() <= kMaxCallsInFlight,
             "too many calls in flight", requests.unansweredCount());
  for (uint32_t id : ids)
    KJ_REQUIRE(requests.isNewCall(id), "the call is not answered yet", id);
}

kj::Promise<void> AppServer::runCalls(FetchBatchContext context, uint32_t next,
                                      std::vector<Answer> answers) {
  const Calls calls = context.getParams().getCalls();
  while (next < calls.size()) {
    if (isolate_ == nullptr) {
      return ready().then(
          [this, context, next, answers = std::move(answers)](Readiness&& result) mutable {
            const Calls left = context.getParams().getCalls();
            if (result.outcome != rpc::Outcome::OK) {
              for (; next < left.size(); ++next) {
                Answer answer;
                answer.callId = left[next].getId();
                answer.outcome = result.outcome;
                answer.breach = result.breach;
                answers.push_back(std::move(answer));
              }
            }
            return runCalls(context, next, std::move(answers));
          });
    }
    isolate_->fetch(calls[next++]);
    if (isolate_->isCondemned()) collectAnswers(answers);
    retireIfCondemned();
  }
  if (isolate_ != nullptr) {
    collectAnswers(answers);
    isolate_->detachRequests();
  }
  const size_t bytes = moveSurplus(answers, late_);
  auto results = context.getResults(capnp::MessageSize{bytes / sizeof(capnp::word) + 16, 0});
  auto list = results.initAnswers(static_cast<uint32_t>(answers.size()));
  for (uint32_t i = 0; i < list.size(); ++i)
    answers[i].write(list[i]);
  stir();
  return kj::READY_NOW;
}

void AppServer::collectAnswers(std::vector<Answer>& ofThisBatch) {
  for (Answer& answer : isolate_->takeAnswers()) {
    (answer.late ? late_ : ofThisBatch).push_back(std::move(answer));
  }
}

void AppServer::retireIfCondemned() {
  if (isolate_ != nullptr && isolate_->isCondemned()) retired_.push_back(std::move(isolate_));
}

kj::Promise<void> AppServer::cancel(CancelContext context) {
  for (uint32_t id : context.getParams().getIds()) {
    if (isolate_ == nullptr || isolate_->isCondemned()) break;
    isolate_->cancel(id);
  }
  return kj::READY_NOW;
}

kj::Promise<void> AppServer::fetched(FetchedContext context) {
  egress_.receive(context.getParams().getResults());
  stir();
  return kj::READY_NOW;
}

void AppServer::endTurn() {
  endingTurn_ = true;
  if (isolate_ != nullptr) {
    isolate_->runPlatformTasks();
    collectAnswers(late_);
    isolate_->sweep();
    retireIfCondemned();
  }
  egress_.flush();
  sendLateAnswers();
  log_.flush();
  retired_.clear();
  endingTurn_ = false;
}

void AppServer::sendLateAnswers() {
  size_t begin = 0;
  while (begin < late_.size()) {
    size_t end = begin;
    size_t bytes = 0;
    while (end < late_.size() && (end == begin || bytes < kAnswerBytesPerCall)) {
      bytes += late_[end++].messageBytes();
    }
    auto request = host_.answerRequest(capnp::MessageSize{bytes / sizeof(capnp::word) + 16, 0});
    auto list = request.initAnswers(static_cast<uint32_t>(end - begin));
    for (size_t i = begin; i < end; ++i)
      late_[i].write(list[static_cast<uint32_t>(i - begin)]);
    tasks_.add(request.send().ignoreResult());
    begin = end;
  }
  late_.clear();
}

}  // namespace nano
