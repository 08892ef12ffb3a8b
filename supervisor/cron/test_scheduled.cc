#include "supervisor/cron/test_scheduled.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <span>
#include <string>

#include <glog/logging.h>

#include "protocol/outcome.h"
#include "supervisor/control_route.h"

namespace nano {
namespace {

constexpr std::string_view kWranglers = "/__scheduled";
constexpr std::string_view kHandler = "/cdn-cgi/handler/scheduled";

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
                  .then([this, &exchange](ScheduledResult result) { answer(exchange, result); });
  running_.emplace(&exchange, done.eagerlyEvaluate(nullptr));
}

void ScheduledTests::answer(HttpExchange& exchange, ScheduledResult result) {
  std::string_view target = exchange.head().target;
  const std::string outcome(outcomeName(result.outcome));
  const bool isOk = result.outcome == rpc::Outcome::OK;
  std::string text = outcome;
  std::string_view type = "text/plain; charset=utf-8";
  if (isOk && pathOf(target) == kWranglers) text = "Ran scheduled event";
  if (target.find("format=json") != std::string_view::npos) {
    text = "{\"outcome\":\"" + outcome + "\",\"noRetry\":true}";
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
