#include "tests/soak/checker.h"

#include <algorithm>
#include <map>
#include <span>
#include <sstream>
#include <unordered_map>

namespace nano::soak {

namespace {

// malloc's arenas and the kernel's counting of pages move this much without anything being kept.
constexpr size_t kRssSlackKilobytes = 4096;
// Listeners, a control connection that has just closed.
constexpr size_t kDescriptorSlack = 4;

const char* endingName(Ending ending) {
  switch (ending) {
    case Ending::kWhole:
      return "whole";
    case Ending::kBrokenOff:
      return "broken off";
    case Ending::kAborted:
      return "aborted by the client";
    case Ending::kTimedOut:
      return "timed out";
    case Ending::kMalformed:
      return "malformed";
  }
  return "unknown";
}

std::string appName(const History& history, AppIndex app) {
  return app < history.apps.size() ? history.apps[app].name : "nobody";
}

bool overlaps(Micros start, Micros end, Micros otherStart, Micros otherEnd) {
  return start <= otherEnd && otherStart <= end;
}

// --- P1 ---

// Null when the answer is its own request's.
const char* wrongInItself(const Answer& answer) {
  if (answer.ending == Ending::kMalformed) return "no HTTP answer";
  if (answer.ending == Ending::kTimedOut) return "never answered";
  if (answer.answeredBy == kNobody) {
    return answer.status >= 200 && answer.status < 300 ? "a success that no app gave" : nullptr;
  }
  if (answer.answeredBy != answer.app) return "another app's answer";
  if (answer.answeredNonce != answer.nonce) return "another request's answer";
  if (answer.bodyHash != answer.expectedHash) {
    return answer.ending == Ending::kWhole ? "ended as if whole, with another body"
                                           : "broken off, and what came is not its own";
  }
  return nullptr;
}

void judgeOwnAnswers(const History& history, std::vector<Violation>& found) {
  for (auto& answer : history.answers) {
    const char* wrong = wrongInItself(answer);
    if (wrong == nullptr) continue;
    found.push_back({Promise::kOwnAnswer, std::string(wrong) + ": " + describe(history, answer)});
  }
}

// --- P2 ---

// The deploys of one app by version.
using Versions = std::map<uint32_t, Deploy>;

std::vector<Versions> versionsOfApps(const History& history) {
  std::vector<Versions> all(history.apps.size());
  for (auto& deploy : history.deploys) {
    if (deploy.app < all.size()) all[deploy.app][deploy.version] = deploy;
  }
  return all;
}

const char* wrongVersion(const Versions& versions, const Answer& answer) {
  auto answered = versions.find(answer.version);
  if (answered == versions.end()) return "a version that was never deployed";
  const Deploy& deploy = answered->second;
  if (answer.end < deploy.start) return "a version before its deploy began";
  if (deploy.result == Deploy::Result::kRefused && answer.start > deploy.end) {
    return "a version whose deploy was refused";
  }
  for (auto newer = std::next(answered); newer != versions.end(); ++newer) {
    if (newer->second.result == Deploy::Result::kOk && newer->second.end < answer.start) {
      return "an older version after the newer one's ok";
    }
  }
  return nullptr;
}

// Once a request has been answered by a version, no later one is answered by an older version:
// what makes a deploy one moment in time.
void judgeNoWayBack(const History& history, std::span<const Answer*> byStart,
                    std::vector<Violation>& found) {
  std::vector<const Answer*> byEnd(byStart.begin(), byStart.end());
  std::sort(byEnd.begin(), byEnd.end(), [](auto* a, auto* b) { return a->end < b->end; });
  size_t ended = 0;
  const Answer* newest = nullptr;
  for (auto* answer : byStart) {
    for (; ended < byEnd.size() && byEnd[ended]->end < answer->start; ended++) {
      if (newest == nullptr || byEnd[ended]->version > newest->version) newest = byEnd[ended];
    }
    if (newest != nullptr && answer->version < newest->version) {
      found.push_back({Promise::kDeployOrder, "an older version after a newer one had answered: " +
                                                  describe(history, *answer) + "; before it " +
                                                  describe(history, *newest)});
    }
  }
}

void judgeDeployOrder(const History& history, std::vector<Violation>& found) {
  auto versions = versionsOfApps(history);
  std::vector<std::vector<const Answer*>> ofApp(history.apps.size());
  for (auto& answer : history.answers) {
    if (answer.answeredBy != answer.app || answer.app >= ofApp.size()) continue;
    ofApp[answer.app].push_back(&answer);
    const char* wrong = wrongVersion(versions[answer.app], answer);
    if (wrong == nullptr) continue;
    found.push_back({Promise::kDeployOrder, std::string(wrong) + ": " + describe(history, answer)});
  }
  for (auto& answers : ofApp) {
    std::sort(answers.begin(), answers.end(), [](auto* a, auto* b) { return a->start < b->start; });
    judgeNoWayBack(history, answers, found);
  }
}

// --- P4 ---

// Statuses by which nanod says that an app, or its process, could not answer.
bool isFaultStatus(const Answer& answer, const Fault& fault) {
  switch (answer.status) {
    case 0:  // Reset before the head.
    case 429:
    case 502:
    case 503:
    case 504:
      return true;
    case 200:  // Broken off in its body.
      return answer.ending == Ending::kBrokenOff;
    case 500:  // The app threw: what was harmed is the app that did it, not its cordon.
      return fault.app == answer.app;
    default:
      return false;
  }
}

bool isExplained(const Answer& answer, const std::vector<const Fault*>& faults) {
  return std::any_of(faults.begin(), faults.end(), [&answer](const Fault* fault) {
    return isFaultStatus(answer, *fault) &&
           overlaps(answer.start, answer.end, fault->start, fault->end);
  });
}

void judgeNeighbours(const History& history, std::vector<Violation>& found) {
  std::unordered_map<std::string, std::vector<const Fault*>> faultsOf;
  for (auto& fault : history.faults) {
    faultsOf[fault.cordon].push_back(&fault);
    if (fault.result == Fault::Result::kRecovered) continue;
    found.push_back({Promise::kNeighboursUnhurt, "cordon " + fault.cordon +
                                                     " never answered again after " + fault.kind +
                                                     " at " + std::to_string(fault.start)});
  }
  for (auto& answer : history.answers) {
    bool fine = answer.status == 200 && answer.ending == Ending::kWhole;
    if (fine || answer.ending == Ending::kAborted || answer.app >= history.apps.size()) continue;
    if (isExplained(answer, faultsOf[history.apps[answer.app].cordon])) continue;
    found.push_back({Promise::kNeighboursUnhurt,
                     "failed without a fault in its cordon: " + describe(history, answer)});
  }
}

}  // namespace

const char* promiseName(Promise promise) {
  switch (promise) {
    case Promise::kOwnAnswer:
      return "P1 own app, own request, one version, whole or visibly broken off";
    case Promise::kDeployOrder:
      return "P2 after ok no request starts on an older version";
    case Promise::kSupervisorLives:
      return "P3 nanod survives, its memory and descriptors flat";
    case Promise::kNeighboursUnhurt:
      return "P4 nobody fails by another's fault";
  }
  return "unknown";
}

std::string describe(const History& history, const Answer& answer) {
  std::ostringstream line;
  line << std::hex << "request " << answer.nonce << std::dec << " to "
       << appName(history, answer.app) << " [" << answer.start << ", " << answer.end
       << "] us: status " << answer.status << ", " << endingName(answer.ending) << ", answered by "
       << appName(history, answer.answeredBy);
  if (answer.answeredBy != kNobody) {
    line << " version " << answer.version << std::hex << " for request " << answer.answeredNonce
         << ", body " << answer.bodyHash << " expected " << answer.expectedHash;
  }
  return line.str();
}

std::vector<Violation> judge(const History& history) {
  std::vector<Violation> found;
  judgeOwnAnswers(history, found);
  judgeDeployOrder(history, found);
  judgeNeighbours(history, found);
  return found;
}

std::vector<Violation> judgeVitals(const VitalsSeries& vitals) {
  std::vector<Violation> found;
  auto violated = [&found](const std::string& what) {
    found.push_back({Promise::kSupervisorLives, what});
  };
  auto& [blank, baseline, end] = vitals;
  if (end.pid == 0 || end.pid != baseline.pid) {
    violated("nanod was process " + std::to_string(baseline.pid) + " and is " +
             std::to_string(end.pid));
    return found;
  }
  if (end.zombies != 0) violated(std::to_string(end.zombies) + " dead workers are not reaped");
  size_t rssLimit = baseline.rssKilobytes + baseline.rssKilobytes / 20 + kRssSlackKilobytes;
  if (end.rssKilobytes > rssLimit) {
    violated("memory grew from " + std::to_string(baseline.rssKilobytes) + " to " +
             std::to_string(end.rssKilobytes) + " KB");
  }
  size_t perWorker = 0;
  if (baseline.workers > blank.workers && baseline.descriptors > blank.descriptors) {
    size_t workers = baseline.workers - blank.workers;
    perWorker = (baseline.descriptors - blank.descriptors + workers - 1) / workers;
  }
  size_t more = end.workers > baseline.workers ? end.workers - baseline.workers : 0;
  size_t limit = baseline.descriptors + baseline.descriptors / 20 + kDescriptorSlack;
  if (end.descriptors > limit + more * perWorker) {
    violated("descriptors grew from " + std::to_string(baseline.descriptors) + " to " +
             std::to_string(end.descriptors) + " with " + std::to_string(end.workers) + " workers");
  }
  return found;
}

}  // namespace nano::soak
