#include "supervisor/crash_book.h"

#include <algorithm>

namespace nano {
namespace {

constexpr kj::Duration kWindow = 60 * kj::SECONDS;
constexpr size_t kCrashesForOwnWorker = 2;
constexpr size_t kCrashesWithoutRest = 5;
constexpr kj::Duration kFirstRest = 60 * kj::SECONDS;
constexpr kj::Duration kLongestRest = 15 * kj::MINUTES;
// So long after its last crash, or its rest, a version is like any other.
constexpr kj::Duration kCalm = 10 * kj::MINUTES;

}  // namespace

void CrashBook::record(const std::string& version, kj::TimePoint now) {
  Page& page = pages_[version];
  page.lastCrash = now;
  std::erase_if(page.crashes, [now](kj::TimePoint when) { return now - when > kWindow; });
  page.crashes.push_back(now);
  if (page.crashes.size() >= kCrashesForOwnWorker) page.suspected = true;
  const bool justRested = page.quarantines > 0 && now - page.restsUntil <= kWindow;
  if (page.crashes.size() <= kCrashesWithoutRest && !justRested) return;
  auto rest = kFirstRest;
  for (uint32_t i = 0; i < page.quarantines && rest < kLongestRest; i++)
    rest = rest * 2;
  page.quarantines++;
  page.restsUntil = now + std::min(rest, kLongestRest);
  page.crashes.clear();
}

const CrashBook::Page* CrashBook::find(const std::string& version) const {
  auto found = pages_.find(version);
  return found == pages_.end() ? nullptr : &found->second;
}

bool CrashBook::needsOwnWorker(const std::string& version, kj::TimePoint now) const {
  const Page* page = find(version);
  return page != nullptr && page->suspected && now - page->lastCrash <= kCalm;
}

kj::Duration CrashBook::quarantine(const std::string& version, kj::TimePoint now) const {
  const Page* page = find(version);
  if (page == nullptr || page->restsUntil <= now) return 0 * kj::SECONDS;
  return page->restsUntil - now;
}

bool CrashBook::mayRetry(const std::string& version, kj::TimePoint now) const {
  const Page* page = find(version);
  if (page == nullptr) return true;
  if (page->restsUntil > now || page->quarantines > 0) return false;
  size_t recent = std::count_if(page->crashes.begin(), page->crashes.end(),
                                [now](kj::TimePoint when) { return now - when <= kWindow; });
  return recent <= 1;
}

void CrashBook::forgetCalm(kj::TimePoint now) {
  std::erase_if(pages_, [now](auto& entry) {
    return now - std::max(entry.second.lastCrash, entry.second.restsUntil) > kCalm;
  });
}

}  // namespace nano
