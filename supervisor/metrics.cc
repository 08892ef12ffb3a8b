#include "supervisor/metrics.h"

#include <cstdint>
#include <functional>
#include <string_view>

#include "protocol/outcome.h"

namespace nano {
namespace {

// One line: its label with value, as `{limit="cpu_ms"}` or empty, and its number.
using Emit = std::function<void(const std::string& label, uint64_t value)>;

struct Metric {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  void (*values)(const MetricsSource& source, const Emit& emit);
};

std::string label(std::string_view name, std::string_view value) {
  std::string text = "{" + std::string(name) + "=\"";
  for (char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? ' ' : c;
  }
  return text + "\"}";
}

template <Counters::Counter Counters::*counter>
void sum(const MetricsSource& source, const Emit& emit) {
  uint64_t total = 0;
  for (const Counters* counters : source.counters)
    total += (counters->*counter).load(std::memory_order_relaxed);
  emit("", total);
}

template <typename List>
uint64_t sumAt(const MetricsSource& source, List Counters::*list, size_t index) {
  uint64_t total = 0;
  for (const Counters* counters : source.counters)
    total += (counters->*list)[index].load(std::memory_order_relaxed);
  return total;
}

void failures(const MetricsSource& source, const Emit& emit) {
  for (size_t i = 0; i < Counters::kOutcomes; ++i) {
    auto outcome = static_cast<rpc::Outcome>(i);
    if (outcome == rpc::Outcome::OK) continue;
    emit(label("outcome", outcomeName(outcome)), sumAt(source, &Counters::failedBy, i));
  }
}

void scheduled(const MetricsSource& source, const Emit& emit) {
  for (size_t i = 0; i < Counters::kOutcomes; ++i) {
    emit(label("outcome", outcomeName(static_cast<rpc::Outcome>(i))),
         sumAt(source, &Counters::scheduled, i));
  }
}

void breaches(const MetricsSource& source, const Emit& emit) {
  for (const LimitRow& row : limitTable()) {
    emit(label("limit", row.key),
         sumAt(source, &Counters::breaches, static_cast<size_t>(row.limit)));
  }
}

template <std::atomic<uint64_t> NetworkCounters::*counter>
void networkSum(const MetricsSource& source, const Emit& emit) {
  uint64_t total = 0;
  for (const Counters* counters : source.counters)
    total += (counters->network.*counter).load(std::memory_order_relaxed);
  emit("", total);
}

// In the order of rpc::EgressFailure::Kind, without `none`.
constexpr std::string_view kEgressReasons[] = {
    "denied",   "name_not_found", "connect_failed", "tls_failed", "timed_out",
    "protocol", "over_limit",     "loop",           "canceled",   "internal"};
static_assert(std::size(kEgressReasons) + 1 == Counters::kEgressKinds);

void egressFailures(const MetricsSource& source, const Emit& emit) {
  for (size_t i = 1; i < Counters::kEgressKinds; ++i)
    emit(label("reason", kEgressReasons[i - 1]), sumAt(source, &Counters::egressFailed, i));
}

void deaths(const MetricsSource& source, const Emit& emit) {
  for (size_t i = 0; i < Counters::kEndClasses; ++i) {
    emit(label("class", endClassName(static_cast<EndClass>(i))),
         sumAt(source, &Counters::deathsBy, i));
  }
}

void apps(const MetricsSource& source, const Emit& emit) { emit("", source.apps); }

void workers(const MetricsSource& source, const Emit& emit) {
  uint64_t spares = 0;
  for (const WorkerStatus& worker : source.status.workers)
    spares += worker.cordon.empty() ? 1 : 0;
  emit(label("use", "cordon"), source.status.workers.size() - spares);
  emit(label("use", "spare"), spares);
}

void workerMemory(const MetricsSource& source, const Emit& emit) {
  uint64_t bytes = 0;
  for (const WorkerStatus& worker : source.status.workers)
    bytes += worker.rssBytes;
  emit("", bytes);
}

void weakenedLayers(const MetricsSource& source, const Emit& emit) {
  for (const std::string& layer : source.status.weakenedLayers)
    emit(label("layer", layer), 1);
}

void cgroups(const MetricsSource& source, const Emit& emit) {
  emit(label("backend", source.status.cgroups), 1);
}

constexpr std::string_view kCounter = "counter";
constexpr std::string_view kGauge = "gauge";

// In the order they are shown.
constexpr Metric kMetrics[] = {
    {"nano_requests_total", kCounter, "Requests taken.", sum<&Counters::requests>},
    {"nano_internal_requests_total", kCounter, "Those of them that an app made of an app.",
     sum<&Counters::internalRequests>},
    {"nano_answered_total", kCounter, "Requests answered by their app.",
     sum<&Counters::answeredByApp>},
    {"nano_failed_total", kCounter, "Requests answered by nanod in the app's place.", failures},
    {"nano_scheduled_total", kCounter, "Calls of scheduled(), by how they ended.", scheduled},
    {"nano_limit_breaches_total", kCounter, "Times an app ran into one of its limits.", breaches},
    {"nano_shed_total", kCounter, "Requests refused by admission.", sum<&Counters::shed>},
    {"nano_retries_total", kCounter, "Requests sent again after their worker died.",
     sum<&Counters::retries>},
    {"nano_quarantines_total", kCounter, "Times an app was put in quarantine.",
     sum<&Counters::quarantines>},
    {"nano_apps", kGauge, "Apps that are deployed.", apps},
    {"nano_app_loads_total", kCounter, "Loads of an app version in a worker.",
     sum<&Counters::appsLoaded>},
    {"nano_fetches_total", kCounter, "Fetches begun by apps.", sum<&Counters::fetches>},
    {"nano_sockets_total", kCounter, "Sockets asked for by apps.", sum<&Counters::sockets>},
    {"nano_egress_failed_total", kCounter, "Fetches and sockets that failed, by the reason.",
     egressFailures},
    {"nano_egress_connections_total", kCounter, "Connections made for fetches.",
     networkSum<&NetworkCounters::connections>},
    {"nano_egress_broken_bodies_total", kCounter, "Fetched bodies that broke off.",
     networkSum<&NetworkCounters::brokenBodies>},
    {"nano_egress_piece_pauses_total", kCounter,
     "Pauses of fetched bodies that come in pieces of a few bytes.",
     networkSum<&NetworkCounters::piecePauses>},
    {"nano_workers", kGauge, "Worker processes.", workers},
    {"nano_worker_memory_bytes", kGauge, "Resident memory of all worker processes.", workerMemory},
    {"nano_worker_starts_total", kCounter, "Worker processes started.",
     sum<&Counters::workersStarted>},
    {"nano_worker_deaths_total", kCounter, "Worker processes that ended without being asked to.",
     deaths},
    {"nano_sandbox_alarms_total", kCounter,
     "Worker processes ended by a forbidden system call or by a bad access to memory.",
     sum<&Counters::sandboxAlarms>},
    {"nano_sandbox_weakened", kGauge, "1 for each layer of the sandbox that is left out.",
     weakenedLayers},
    {"nano_cgroup_info", kGauge, "1; how the kernel holds workers to memory and CPU.", cgroups},
};

}  // namespace

std::string metricsText(const MetricsSource& source) {
  std::string text;
  for (const Metric& metric : kMetrics) {
    std::string name(metric.name);
    text.append("# HELP ").append(name).append(" ").append(metric.help).append("\n");
    text.append("# TYPE ").append(name).append(" ").append(metric.type).append("\n");
    metric.values(source, [&text, &name](const std::string& labels, uint64_t value) {
      text.append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
    });
  }
  return text;
}

}  // namespace nano
