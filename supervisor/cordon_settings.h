#pragma once

#include <cstdint>
#include <limits>

namespace nano {

// Which apps may share a worker process.
enum class Isolation : uint8_t {
  kTenant,  // All of a tenant's.
  kApp,     // This one is alone in its process.
};

// Which code a worker process may run: jitless makes no page executable, so it has no WebAssembly.
enum class CodeProfile : uint8_t { kDefault, kJitless };

// What Date.now() and performance.now() show while JavaScript runs (protocol/worker.capnp).
enum class ClockMode : uint8_t { kCoarse, kFrozen };

inline constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();

// What all apps of a tenant may use together, in the whole server.
struct TenantLimits {
  uint64_t inFlight = kUnlimited;
  uint64_t requestRate = 1'000'000'000;  // A second. As many as RateMeter can count: unlimited.

  bool operator==(const TenantLimits&) const = default;
};

// What the operator gives a tenant beside the limits of its apps; the same for all its cordons.
struct CordonSettings {
  Isolation isolation = Isolation::kTenant;
  CodeProfile codeProfile = CodeProfile::kDefault;
  ClockMode clock = ClockMode::kCoarse;
  // The share of a worker process where CPUs are scarce; 1 to 10000, as cgroups count it.
  uint32_t cpuWeight = 100;
  // Of one worker process, whatever apps are in it; nanod's own limit of one holds as well.
  uint64_t memoryBytes = kUnlimited;
  TenantLimits tenantLimits;

  bool operator==(const CordonSettings&) const = default;
};

}  // namespace nano
