#include "supervisor/cron/test_scheduled.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <span>
#include <string>

#include <glog/logging.h>

#include "protocol/outcome.h"
#include "supervisor/bounded_json.h"
#include "supervisor/control_route.h"

namespace nano {
namespace {

constexpr std::string_view kWranglers = "/__scheduled";
constexpr std::string_view kHandler = "/cdn-cgi/handler/scheduled";
// The worker sends its line behind the answer; where the handler went on after its failure, or
// the app has logged too much, none comes.
constexpr kj::Duration kLogPatience = 200 * kj::MILLISECONDS;
constexpr size_t kMaxEarlier = 32;

std::string_view pathOf(std::string_view target) { return target.substr(0, target.find('?')); }

// As a form has it: + is a space.
std::string formValue(std::string_view query, std::string_view name) {
  std::string value = queryParameter(query, name).value_or("");
  std::replace(value.begin(), value.end(), '+', ' ');
  return percentDecoded(value);
}

int64_t timeOf(std::string_view query) {
  std::string text = formValue(query, "time");
  int64_t millis = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
  if (error == std::errc() && end == text.data() + text.size()) return millis;
  return std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
}

// Of what outcomeBody() makes.
std::string requestIdOf(std::string_view refusal) {
  constexpr std::string_view kRequest = "\nrequest: ";
  size_t at = refusal.rfind(kRequest);
  if (at == std::string_view::npos) return {};
  refusal.remove_prefix(at + kRequest.size());
  return std::string(refusal.substr(0, refusal.find('\n')));
}

// The outcome first, as wrangler has it.
std::string failureText(const ScheduledResult& result, const std::string& error) {
  const std::string outcome(outcomeName(result.outcome));
  if (!error.empty()) return outcome + "\n\n" + error + "\n";
  return result.refusal.empty() ? outcome : outcome + "\n\n" + result.refusal;
}

}  // namespace

bool ScheduledTests::isFor(std::string_view target) {
  return pathOf(target) == kWranglers || pathOf(target) == kHandler;
}

void ScheduledTests::handle(const Route* route, HttpExchange& exchange) {
  std::string_view target = exchange.head().target;
  std::string_view query = target.substr(std::min(pathOf(target).size() + 1, target.size()));
  ScheduledEvent event{formValue(query, "cron"), timeOf(query)};
  auto done = run_(route, std::move(event))
                  .catch_([this](kj::Exception&& error) {
                    taskFailed(kj::mv(error));
                    return ScheduledResult();
                  })
                  .then([this, &exchange](ScheduledResult&& result) {
                    return errorOf(result).then(
                        [this, &exchange, result = kj::mv(result)](std::string&& error) {
                          answer(exchange, result, error);
                        });
                  });
  running_.emplace(&exchange, done.eagerlyEvaluate(nullptr));
}

kj::Promise<std::string> ScheduledTests::errorOf(const ScheduledResult& result) {
  std::string id = requestIdOf(result.refusal);
  if (result.outcome != rpc::Outcome::EXCEPTION || id.empty()) return std::string();
  auto line = kj::newPromiseAndFulfiller<std::string>();
  waiting_[id] = kj::mv(line.fulfiller);
  return line.promise
      .exclusiveJoin(timer_.afterDelay(kLogPatience).then([this, id] { return earlierOf(id); }))
      .attach(kj::defer([this, id] { waiting_.erase(id); }));
}

std::string ScheduledTests::earlierOf(const std::string& requestId) const {
  for (const AppLogLine& line : earlier_) {
    if (line.requestId == requestId) return line.message;
  }
  return {};
}

void ScheduledTests::logged(std::span<const AppLogLine> lines) {
  if (running_.empty()) return earlier_.clear();
  for (const AppLogLine& line : lines) {
    if (line.level != LogLevel::kError) continue;
    earlier_.push_front(line);
    if (earlier_.size() > kMaxEarlier) earlier_.pop_back();
  }
  // The last of a batch: before it may stand what the app has logged itself.
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    auto waiting = waiting_.find(line->requestId);
    if (waiting == waiting_.end() || line->level != LogLevel::kError) continue;
    if (waiting->second->isWaiting()) waiting->second->fulfill(std::string(line->message));
  }
}

void ScheduledTests::answer(HttpExchange& exchange, const ScheduledResult& result,
                            const std::string& error) {
  std::string_view target = exchange.head().target;
  const std::string outcome(outcomeName(result.outcome));
  const bool isOk = result.outcome == rpc::Outcome::OK;
  std::string text = outcome;
  std::string_view type = "text/plain; charset=utf-8";
  if (isOk && pathOf(target) == kWranglers) text = "Ran scheduled event";
  if (!isOk) text = failureText(result, error);
  if (target.find("format=json") != std::string_view::npos) {
    text = "{\"outcome\":\"" + outcome + "\",\"noRetry\":true";
    if (!error.empty()) text += ",\"error\":" + jsonLine(error);
    text += "}";
    type = "application/json";
  }
  const HttpField field{"content-type", type};
  ResponseHead head;
  head.status = isOk ? 200 : 500;
  head.fields = std::span(&field, 1);
  auto entry = running_.find(&exchange);
  over_.add(kj::evalLater([held = kj::mv(entry->second)] {}));
  running_.erase(entry);
  exchange.respond(head, std::as_bytes(std::span(text)));
}

void ScheduledTests::taskFailed(kj::Exception&& exception) {
  LOG(ERROR) << "a scheduled event: " << exception.getDescription().cStr();
}

}  // namespace nano
