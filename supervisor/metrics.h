#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "supervisor/counters.h"
#include "supervisor/live_server.h"

namespace nano {

// What the metrics are made of.
struct MetricsSource {
  std::vector<const Counters*> counters;  // One a front end; they are shown added up.
  const ServerStatus& status;
  size_t apps = 0;
};

// All metrics in Prometheus' text format. metrics.cc has their one ordered list. A label's values
// are all there from the start, at 0: what is not there cannot be alarmed on.
std::string metricsText(const MetricsSource& source);

}  // namespace nano
