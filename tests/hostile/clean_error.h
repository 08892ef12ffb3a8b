#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/http_client.h"

namespace nano::test {

// What a body that nanod itself wrote says after "outcome: "; empty where it says nothing.
std::string outcomeOf(const HttpResponse& response);

// Whether an error body says only what a stranger may know: an outcome and a request's id, and no
// path, no line of a stack, no module of ours, none of the names in `secrets`.
testing::AssertionResult isCleanError(const HttpResponse& response,
                                      const std::vector<std::string>& secrets);

// What a case allows its attacking request to end with.
struct Ending {
  std::vector<int> statuses;
  std::vector<std::string> outcomes;
};

// 503: a limit was broken and said so. 502: the process did not survive (security 3.2).
inline const Ending kStoppedByCpu{{503}, {"exceededCpu"}};
inline const Ending kCpuOrKilled{{502, 503}, {"exceededCpu", "exceededMemory", "workerDied"}};
inline const Ending kStoppedByMemory{{503}, {"exceededMemory"}};
inline const Ending kMemoryOrKilled{{502, 503}, {"exceededMemory", "exceededCpu", "workerDied"}};
inline const Ending kThrew{{500}, {"exception"}};

// One of the statuses and one of the outcomes, in a clean body. A 200 has neither outcome nor rule.
testing::AssertionResult endsAs(const HttpResponse& response, const Ending& ending,
                                const std::vector<std::string>& secrets);

}  // namespace nano::test
