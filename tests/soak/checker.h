#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/soak/history.h"

// Judges whole histories against the promises of the README. Pure: what it says depends on the
// history alone.
namespace nano::soak {

enum class Promise : uint8_t {
  kOwnAnswer,        // P1: own app, own request, one deployed version, whole or visibly broken off.
  kDeployOrder,      // P2: after ok no request starts on an older version, none on a refused one.
  kSupervisorLives,  // P3: nanod survives and keeps nothing of what it served.
  kNeighboursUnhurt,  // P4: no failure that a fault in the own cordon does not explain.
};
inline constexpr Promise kPromises[] = {Promise::kOwnAnswer, Promise::kDeployOrder,
                                        Promise::kSupervisorLives, Promise::kNeighboursUnhurt};
// "P1 own answer"
const char* promiseName(Promise promise);

struct Violation {
  Promise promise = Promise::kOwnAnswer;
  std::string what;  // With the offending records' values.
};

// All violations, in the order of the promises.
std::vector<Violation> judge(const History& history);

// What the kernel says of nanod at one moment.
struct Vitals {
  int pid = 0;  // 0: it is gone.
  size_t rssKilobytes = 0;
  size_t descriptors = 0;
  size_t workers = 0;  // Children that live.
  size_t zombies = 0;
};

struct VitalsSeries {
  Vitals blank;     // Serving, with no cordon's worker yet.
  Vitals baseline;  // Every cordon has its worker and has been used.
  Vitals end;       // Quiet again, after the last fault.
};

// hostile-cases.md, header: memory and descriptors back to the baseline within 5 %. Descriptors
// that go with each living worker are taken off: `blank` and `baseline` tell how many those are.
std::vector<Violation> judgeVitals(const VitalsSeries& vitals);

// One request as a line: who asked what when, and who answered.
std::string describe(const History& history, const Answer& answer);

}  // namespace nano::soak
