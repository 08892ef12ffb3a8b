#pragma once

#include <iosfwd>
#include <vector>

#include "tests/soak/checker.h"
#include "tests/soak/soak_apps.h"

namespace nano::soak {

// Tables of a history: answers by role and status, faults by kind, deploys.
void printHistory(std::ostream& out, const World& world, const History& history);
void printVitals(std::ostream& out, const VitalsSeries& vitals);
// A line a promise, and under it the first violations.
void printVerdicts(std::ostream& out, const std::vector<Violation>& violations);

}  // namespace nano::soak
