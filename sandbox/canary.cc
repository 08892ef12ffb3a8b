#include "sandbox/canary.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <sstream>
#include <string_view>

#include <kj/debug.h>

#include "sandbox/layer.h"
#include "sandbox/spawn.h"

namespace nano {
namespace {

// The trial takes about 0.1 s; more than this without a word means that it hangs.
constexpr int kSilenceMs = 20'000;
constexpr size_t kMaxLine = 4096;

Child start(const CanarySpec& spec, kj::AutoCloseFd& output) {
  int ends[2];
  KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
  output = kj::AutoCloseFd(ends[0]);
  kj::AutoCloseFd writer(ends[1]);
  SpawnSpec spawned;
  spawned.programFd = spec.programFd;
  spawned.arguments = {"nano-canary"};
  for (Layer layer : spec.weakened)
    spawned.arguments.push_back("--weaken=" + std::string(layerName(layer)));
  if (spec.code == SandboxSpec::Code::kJitless) spawned.arguments.emplace_back("--jitless");
  spawned.descriptors = {spec.devNull, writer, writer, spec.devNull, spec.devNull};
  spawned.weakened = spec.weakened;
  return spawn(spawned);
}

}  // namespace

Canary::Canary(const CanarySpec& spec) {
  auto error = kj::runCatchingExceptions([this, &spec]() { child_.emplace(start(spec, output_)); });
  KJ_IF_MAYBE(why, error) {
    failure_ = why->getDescription().cStr();
  }
}

std::optional<std::string> Canary::readLine() {
  while (true) {
    size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    pollfd waiting = {output_, POLLIN, 0};
    int ready;
    KJ_SYSCALL(ready = poll(&waiting, 1, kSilenceMs));
    if (ready == 0) {
      failure_ = "it says nothing more";
      return std::nullopt;
    }
    char bytes[1024];
    ssize_t count;
    KJ_SYSCALL(count = read(output_, bytes, sizeof bytes));
    if (count == 0 || pending_.size() > kMaxLine) return std::nullopt;
    pending_.append(bytes, static_cast<size_t>(count));
  }
}

// Its output is at its end, so it is dead already, or it is one that we do not wait for.
ProcessEnd Canary::end() {
  output_ = nullptr;
  child_->sendSignal(SIGKILL);
  return child_->reap();
}

// What it complained about on its way, and how it ended.
std::string Canary::describeFailure(const ProcessEnd& end) const {
  std::string text;
  for (const std::string& line : complaints_)
    text += line + "; ";
  return text + describeEnd(end);
}

std::optional<std::string> Canary::awaitEntered() {
  if (!failure_.empty()) return failure_;
  while (!entered_) {
    auto line = readLine();
    if (!line) {
      const ProcessEnd ended = end();
      if (failure_.empty()) failure_ = describeFailure(ended);
      return failure_;
    }
    std::istringstream words(*line);
    std::string first;
    words >> first;
    if (first != "entered") {
      constexpr std::string_view kPrefix = "sandbox: ";
      bool warning = line->starts_with("sandbox: WARNING");
      if (!warning)
        complaints_.push_back(line->starts_with(kPrefix) ? line->substr(kPrefix.size()) : *line);
      continue;
    }
    entered_ = true;
    for (std::string layer; words >> layer;)
      layers_.push_back(layer);
  }
  return std::nullopt;
}

Canary::Verdict Canary::finish() {
  Verdict verdict;
  if (auto problem = awaitEntered()) {
    verdict.failure = *problem;
    return verdict;
  }
  constexpr std::string_view kSurvived = "survived ";
  constexpr std::string_view kTried = "tried ";
  while (auto line = readLine()) {
    if (line->starts_with(kSurvived)) {
      verdict.survivors.push_back(line->substr(kSurvived.size()));
    } else if (line->starts_with(kTried)) {
      std::from_chars(line->data() + kTried.size(), line->data() + line->size(), verdict.tried);
    } else {
      complaints_.push_back(*line);
    }
  }
  const ProcessEnd ended = end();
  bool whole = verdict.tried > 0 && classifyEnd(ended) == EndClass::kExited;
  if (failure_.empty() && !whole) failure_ = describeFailure(ended);
  verdict.failure = failure_;
  return verdict;
}

}  // namespace nano
