// LoadedApp: what comes back from the worker, none of which is believed.

#include <algorithm>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/answer_upstream.h"
#include "supervisor/call_messages.h"
#include "supervisor/loaded_app.h"
#include "supervisor/outcome_reply.h"

namespace nano {

namespace {

// What a worker may say of one of its requests; the rest is the supervisor's to say.
rpc::Outcome workersOutcome(rpc::Outcome outcome) {
  switch (outcome) {
    case rpc::Outcome::EXCEPTION:
    case rpc::Outcome::EXCEEDED_CPU:
    case rpc::Outcome::EXCEEDED_MEMORY:
    case rpc::Outcome::CANCELED:
    case rpc::Outcome::RESPONSE_STREAM_DISCONNECTED:
    case rpc::Outcome::STARTUP_FAILED:
      return outcome;
    default:
      return rpc::Outcome::INTERNAL_ERROR;
  }
}

bool isWorkersLimit(rpc::Limit limit) {
  switch (limit) {
    case rpc::Limit::CPU:
    case rpc::Limit::CPU_AVERAGE:
    case rpc::Limit::BLOCKED_TURN:
    case rpc::Limit::STARTUP_CPU:
    case rpc::Limit::HEAP:
    case rpc::Limit::BUFFERS:
      return true;
    default:
      return false;
  }
}

// RFC 9110 9.3.2, 15.3.5, 15.4.5: of such a response nobody reads a body, so it is not asked for.
bool mayHaveBody(std::string_view method, uint16_t status) {
  return method != "HEAD" && status != 204 && status != 304;
}

}  // namespace

Refusal workersRefusal(rpc::Outcome said, rpc::LimitBreach::Reader breach,
                       const AppLimits& limits) {
  Refusal refusal{workersOutcome(said)};
  bool isLimit = refusal.outcome == rpc::Outcome::EXCEEDED_CPU ||
                 refusal.outcome == rpc::Outcome::EXCEEDED_MEMORY;
  if (isLimit && isWorkersLimit(breach.getLimit())) {
    refusal.breach = {breach.getLimit(), limits.get(breach.getLimit()), breach.getUsed()};
  }
  return refusal;
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

void LoadedApp::handleAnswer(AppCall& call, rpc::FetchAnswer::Reader answer) {
  bool isOk = answer.getOutcome() == rpc::Outcome::OK;
  auto refusal =
      isOk ? Refusal() : workersRefusal(answer.getOutcome(), answer.getBreach(), version_->limits);
  bool namesEntrypoint = call.exchange != nullptr && !call.exchange->head().entrypoint.empty();
  if (namesEntrypoint && answer.getOutcome() == rpc::Outcome::SCRIPT_NOT_FOUND) {
    refusal = {.outcome = rpc::Outcome::SCRIPT_NOT_FOUND, .lacksEntrypoint = true};
  }
  if (refusal.breach) condemned_++;
  if (call.exchange == nullptr) {
    release(call);
  } else if (isOk) {
    respond(call, answer.getResponse());
  } else {
    answerWith(call, refusal);
    release(call);
  }
}

void LoadedApp::answerWith(AppCall& call, const Refusal& refusal) {
  HttpExchange& exchange = *call.exchange;
  bool begun = call.answered;
  detach(call);
  if (begun) {
    countRefusal(counters_, refusal);
    exchange.abort();
  } else {
    refuse(exchange, refusal, call.requestId);
  }
}

void LoadedApp::respond(AppCall& call, rpc::Response::Reader response) {
  auto head = checkedHead(response, fields_);
  auto body = response.getBody();
  if (!head || (body.isBytes() && body.getBytes().size() > kMaxMessageBytes)) {
    logError(asView(call.requestId),
             "The response was refused: its status must be 200 to 599, and its header fields at "
             "most 128 and 32 KB together.");
    answerWith(call, {rpc::Outcome::RESPONSE_STREAM_DISCONNECTED});
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

void LoadedApp::stream(AppCall& call, rpc::Body::Reader body, const ResponseHead& head) {
  HttpExchange& exchange = *call.exchange;
  call.answered = true;
  // The limit is for the response's head; a stream may take as long as its reader stays.
  waiting_.remove(call);
  std::optional<uint64_t> length;
  if (body.getLength() >= 0) length = static_cast<uint64_t>(body.getLength());
  if (body.hasUpstream()) {
    AnswerUpstream upstream{body.getUpstream()};
    exchange.offerUpstream(upstream);
  }
  exchange.start(head, length);
  if (call.exchange == nullptr) return;  // Gone while its head was written.
  if (!mayHaveBody(exchange.head().method, head.status)) {
    release(call);
    exchange.end();
    return;
  }
  call.pump = pump(call, body.getStream()).eagerlyEvaluate([this, &call](kj::Exception&& error) {
    KJ_LOG(INFO, "a response's body broke off", error.getType());
    if (call.exchange == nullptr) return;
    answerWith(call, {rpc::Outcome::RESPONSE_STREAM_DISCONNECTED});
    release(call);
  });
}

kj::Promise<void> LoadedApp::pump(AppCall& call, rpc::ByteSource::Client source) {
  auto request = source.readRequest();
  request.setMaxBytes(kMaxReadBytes);
  return request.send().then(
      [this, &call, source = kj::mv(source)](
          capnp::Response<rpc::ByteSource::ReadResults>&& piece) mutable -> kj::Promise<void> {
        if (call.exchange == nullptr) return kj::READY_NOW;
        auto bytes = piece.getBytes();
        if (bytes.size() > kMaxReadBytes || (bytes.size() == 0 && !piece.getEnd())) {
          killWorker("it gave a piece of a body that was not asked for");
          return kj::READY_NOW;
        }
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
  owner_.appLog(*version_, {errorLine(requestId, message, version_->id)});
}

void LoadedApp::logRefusal(const Admission& admission, const Refusal& refusal,
                           RequestIds::Text requestId) {
  auto line = refusalLine(admission.usage(), refusal, monotonicNanos(loop_.timer()));
  if (!line.empty()) logError(asView(requestId), line);
}

}  // namespace nano
