#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/app_version.h"
#include "supervisor/cordon_settings.h"

namespace nano {

class AppEgressPolicy;
struct OwnEndpoints;

// What the operator says of one app: limits that hold whatever it asks, and what it may ask for.
struct AppPolicy {
  LimitValues limits{};
  std::optional<bool> codegen{};
};

// What the operator says of one tenant, or of all that say nothing themselves.
struct TenantPolicy {
  LimitValues defaults{};
  LimitValues maxima{};
  std::map<std::string, AppPolicy> apps{};  // By the app's name.
  std::optional<Isolation> isolation{};
  std::optional<CodeProfile> codeProfile{};
  std::optional<ClockMode> clock{};
  std::optional<bool> codegen{};  // Whether apps may ask for it.
  std::optional<uint32_t> cpuWeight{};
  std::optional<uint64_t> memoryBytes{};
  std::optional<uint64_t> requestsInFlight{};
  std::optional<uint64_t> requestsPerSecond{};
  std::shared_ptr<const EgressSettings> egress{};  // Null: nothing.
};

// Values of limits are within the table's bounds (protocol/app_limits.h).
struct PolicyRules {
  LimitValues defaults{};
  LimitValues maxima{};
  std::shared_ptr<const EgressSettings> egress{};
  // Key by key, where the tenant has none; rules of egress are added. Without `apps`.
  TenantPolicy tenantDefaults{};
  std::map<std::string, TenantPolicy> tenants{};
};

// One limit of one app, and who said so.
struct ResolvedLimit {
  rpc::Limit limit = rpc::Limit::NONE;
  uint64_t value = 0;
  // "app", "built-in", "operator: tenants.acme.defaults", "as cpu_ms"
  std::string source;
  uint64_t maximum = 0;
  std::string maximumSource;
  std::optional<uint64_t> cappedFrom;  // What `source` says, where that is above the maximum.
};

// The operator's word on limits, and how it meets what apps ask for:
//
//   the operator's value for the app
//   > what the app asks for, up to its maximum
//   > the tenant's default > the default of all tenants > the operator's default > the built-in one
//
// The maximum is the tenant's > that of all tenants > the operator's > the built-in one. The
// operator's value for an app may be above the first three: it is what they are set aside with.
class LimitPolicy final {
 public:
  // Without rules everything is built-in.
  LimitPolicy() = default;
  explicit LimitPolicy(PolicyRules rules) : rules_(std::move(rules)) {}

  // In the order of the table of limits.
  std::vector<ResolvedLimit> limitsOf(const AppVersion& version) const;
  CordonSettings settingsOf(const std::string& tenant) const;
  // Where the version's app may go: never to what is this server's own.
  std::shared_ptr<const AppEgressPolicy> egressOf(const AppVersion& version) const;
  void setOwnEndpoints(std::shared_ptr<const OwnEndpoints> own) { own_ = std::move(own); }

  // Whether the version's app may ask for code generation, and which key says so.
  struct CodegenRule {
    bool allowed = false;
    std::string source = "built-in";
  };
  CodegenRule codegenOf(const AppVersion& version) const;

  // Why this version may not be deployed: it asks for more than its maximum, or for code generation
  // that it may not have. Nothing when it may.
  std::optional<std::string> refusal(const AppVersion& version) const;
  // What the version asks for without effect, each a sentence.
  std::vector<std::string> notes(const AppVersion& version) const;

  // The version with its limits, settings, cordon and egress as this policy has them. The same
  // object when they are so already.
  using Version = std::shared_ptr<const AppVersion>;
  Version resolved(Version version) const;

 private:
  struct Said;

  const TenantPolicy& tenant(const std::string& name) const;
  std::optional<Said> saidOf(const AppVersion& version, rpc::Limit limit) const;
  Said maximumOf(const std::string& tenant, rpc::Limit limit) const;
  // The operator's value for this app.
  const uint64_t* grant(const AppVersion& version, rpc::Limit limit) const;

  PolicyRules rules_;
  std::shared_ptr<const OwnEndpoints> own_;
};

}  // namespace nano
