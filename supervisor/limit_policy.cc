#include "supervisor/limit_policy.h"

#include <algorithm>
#include <utility>

#include "supervisor/egress/app_egress_policy.h"

namespace nano {
namespace {

// security 3.1: a soft budget of 50 ms beside a hard one of 1 s, which is a twentieth.
constexpr uint64_t kLeastAverage = 50;
constexpr uint64_t kAverageShare = 20;

constexpr char kOperator[] = "operator: ";

const uint64_t* find(const LimitValues& values, rpc::Limit limit) {
  auto found = values.find(limit);
  return found == values.end() ? nullptr : &found->second;
}

std::string withUnit(uint64_t value, const LimitRow& row) {
  return std::to_string(value) + " " + std::string(unitName(row.unit));
}

// Whether the policy has made the same of both.
bool isResolvedAlike(const AppVersion& a, const AppVersion& b) {
  return a.cordon == b.cordon && a.limits == b.limits && a.tenantLimits == b.tenantLimits &&
         a.codeProfile == b.codeProfile && a.clock == b.clock && a.codegen == b.codegen &&
         a.cpuWeight == b.cpuWeight && a.memoryBytes == b.memoryBytes && a.egress == b.egress;
}

}  // namespace

struct LimitPolicy::Said {
  uint64_t value;
  std::string source;
};

const TenantPolicy& LimitPolicy::tenant(const std::string& name) const {
  static const TenantPolicy nothing;
  auto found = rules_.tenants.find(name);
  return found == rules_.tenants.end() ? nothing : found->second;
}

const uint64_t* LimitPolicy::grant(const AppVersion& version, rpc::Limit limit) const {
  const auto& apps = tenant(version.tenant).apps;
  auto app = apps.find(version.app);
  return app == apps.end() ? nullptr : find(app->second.limits, limit);
}

LimitPolicy::CodegenRule LimitPolicy::codegenOf(const AppVersion& version) const {
  const std::string own = "tenants." + version.tenant;
  const TenantPolicy& said = tenant(version.tenant);
  auto app = said.apps.find(version.app);
  if (app != said.apps.end() && app->second.codegen) {
    return {*app->second.codegen, kOperator + own + ".apps." + version.app + ".codegen"};
  }
  if (said.codegen) return {*said.codegen, kOperator + own + ".codegen"};
  if (rules_.tenantDefaults.codegen) {
    return {*rules_.tenantDefaults.codegen, kOperator + std::string("tenant_defaults.codegen")};
  }
  return {};
}

LimitPolicy::Said LimitPolicy::maximumOf(const std::string& name, rpc::Limit limit) const {
  if (auto* value = find(tenant(name).maxima, limit)) {
    return {*value, kOperator + ("tenants." + name) + ".maxima"};
  }
  if (auto* value = find(rules_.tenantDefaults.maxima, limit)) {
    return {*value, kOperator + std::string("tenant_defaults.maxima")};
  }
  if (auto* value = find(rules_.maxima, limit)) return {*value, kOperator + std::string("maxima")};
  return {limitRow(limit).most, "built-in"};
}

// What somebody has said of this limit; nothing when nobody has.
std::optional<LimitPolicy::Said> LimitPolicy::saidOf(const AppVersion& version,
                                                     rpc::Limit limit) const {
  const std::string& name = version.tenant;
  if (auto* value = find(version.requested, limit)) return Said{*value, "app"};
  if (auto* value = find(tenant(name).defaults, limit)) {
    return Said{*value, kOperator + ("tenants." + name) + ".defaults"};
  }
  if (auto* value = find(rules_.tenantDefaults.defaults, limit)) {
    return Said{*value, kOperator + std::string("tenant_defaults.defaults")};
  }
  if (auto* value = find(rules_.defaults, limit)) {
    return Said{*value, kOperator + std::string("defaults")};
  }
  return std::nullopt;
}

std::vector<ResolvedLimit> LimitPolicy::limitsOf(const AppVersion& version) const {
  std::vector<ResolvedLimit> result;
  uint64_t cpu = 0;
  for (const LimitRow& row : limitTable()) {
    Said maximum = maximumOf(version.tenant, row.limit);
    ResolvedLimit resolved{row.limit, row.usual, "built-in", maximum.value, maximum.source, {}};
    if (auto* granted = grant(version, row.limit)) {
      resolved.value = *granted;
      resolved.source = kOperator + ("tenants." + version.tenant) + ".apps." + version.app;
    } else {
      if (auto said = saidOf(version, row.limit)) {
        resolved.value = said->value;
        resolved.source = said->source;
      } else if (row.limit == rpc::Limit::CPU_AVERAGE) {
        resolved.value = std::max(kLeastAverage, cpu / kAverageShare);
        resolved.source = "from cpu_ms";
      } else if (row.limit == rpc::Limit::BLOCKED_TURN) {
        // An app may use its CPU time without a break unless somebody says otherwise.
        resolved.value = cpu;
        resolved.source = "as cpu_ms";
      }
      // A version of an older build may have asked for less than there is now.
      resolved.value = std::max(resolved.value, row.least);
      if (resolved.value > maximum.value) {
        resolved.cappedFrom = resolved.value;
        resolved.value = maximum.value;
      }
    }
    if (row.limit == rpc::Limit::CPU) cpu = resolved.value;
    result.push_back(std::move(resolved));
  }
  return result;
}

CordonSettings LimitPolicy::settingsOf(const std::string& name) const {
  const TenantPolicy& own = tenant(name);
  const TenantPolicy& all = rules_.tenantDefaults;
  auto choose = [&own, &all](auto member, auto& setting) {
    if (all.*member) setting = *(all.*member);
    if (own.*member) setting = *(own.*member);
  };
  CordonSettings settings;
  choose(&TenantPolicy::isolation, settings.isolation);
  choose(&TenantPolicy::codeProfile, settings.codeProfile);
  choose(&TenantPolicy::clock, settings.clock);
  choose(&TenantPolicy::cpuWeight, settings.cpuWeight);
  choose(&TenantPolicy::memoryBytes, settings.memoryBytes);
  choose(&TenantPolicy::requestsInFlight, settings.tenantLimits.inFlight);
  choose(&TenantPolicy::requestsPerSecond, settings.tenantLimits.requestRate);
  return settings;
}

std::shared_ptr<const AppEgressPolicy> LimitPolicy::egressOf(const AppVersion& version) const {
  AppEgressPolicy::Parts parts;
  auto add = [&parts](const std::string& where, const std::shared_ptr<const EgressSettings>& said) {
    if (said != nullptr) parts.operators.push_back({kOperator + where, said});
  };
  add("tenants." + version.tenant + ".egress", tenant(version.tenant).egress);
  add("tenant_defaults.egress", rules_.tenantDefaults.egress);
  add("egress", rules_.egress);
  parts.app = version.requestedEgress;
  parts.own = own_;
  return std::make_shared<const AppEgressPolicy>(std::move(parts));
}

std::optional<std::string> LimitPolicy::refusal(const AppVersion& version) const {
  if (version.requestedCodegen) {
    CodegenRule rule = codegenOf(version);
    if (!rule.allowed) {
      return "codegen: the app asks for eval() and WebAssembly from bytes, which it may not have "
             "(" +
             rule.source + "): remove it from nano.jsonc, or let the operator allow it by " +
             "tenants." + version.tenant + ".codegen or tenants." + version.tenant + ".apps." +
             version.app + ".codegen in the policy file";
    }
  }
  for (const auto& [limit, asked] : version.requested) {
    if (grant(version, limit) != nullptr) continue;
    Said maximum = maximumOf(version.tenant, limit);
    if (asked <= maximum.value) continue;
    const LimitRow& row = limitRow(limit);
    return "limits." + std::string(row.key) + ": the app asks for " + withUnit(asked, row) +
           ", and may have " + withUnit(maximum.value, row) + " at most (" + maximum.source +
           "): ask for less, or let the operator raise it";
  }
  return std::nullopt;
}

std::vector<std::string> LimitPolicy::notes(const AppVersion& version) const {
  std::vector<std::string> result;
  for (const auto& [limit, asked] : version.requested) {
    const uint64_t* granted = grant(version, limit);
    if (granted == nullptr || *granted == asked) continue;
    const LimitRow& row = limitRow(limit);
    result.push_back("limits." + std::string(row.key) + ": " + withUnit(asked, row) +
                     " has no effect: the operator gives this app " + withUnit(*granted, row));
  }
  return result;
}

LimitPolicy::Version LimitPolicy::resolved(Version version) const {
  auto copy = std::make_shared<AppVersion>(*version);
  for (const ResolvedLimit& limit : limitsOf(*version))
    copy->limits.set(limit.limit, limit.value);
  CordonSettings settings = settingsOf(version->tenant);
  bool alone = settings.isolation == Isolation::kApp || version->isolation == Isolation::kApp;
  // No name of a tenant has a '/'.
  copy->cordon = alone ? version->tenant + "/" + version->app : version->tenant;
  copy->tenantLimits = settings.tenantLimits;
  copy->codeProfile = settings.codeProfile;
  copy->clock = settings.clock;
  copy->codegen = version->requestedCodegen && codegenOf(*version).allowed;
  copy->cpuWeight = settings.cpuWeight;
  copy->memoryBytes = settings.memoryBytes;
  auto egress = egressOf(*version);
  const auto* before = dynamic_cast<const AppEgressPolicy*>(version->egress.get());
  if (before == nullptr || !(*before == *egress)) copy->egress = std::move(egress);
  if (isResolvedAlike(*copy, *version)) return version;
  return copy;
}

}  // namespace nano
