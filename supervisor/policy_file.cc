#include "supervisor/policy_file.h"

#include <fcntl.h>

#include <array>
#include <cstdlib>
#include <span>
#include <utility>

#include "supervisor/app_names.h"
#include "supervisor/disk_read.h"
#include "supervisor/egress/egress_settings.h"
#include "supervisor/egress/own_endpoints.h"
#include "supervisor/located_json.h"

namespace nano {
namespace {

using Kind = LocatedJson::Kind;
using Problem = std::optional<std::string>;

// Ours: ten thousand tenants fit.
constexpr size_t kMaxPolicyBytes = 4 << 20;

constexpr uint64_t kMegabyte = uint64_t{1} << 20;
// A worker process takes 55 MB before it runs anything (deploy/README.md).
constexpr uint64_t kLeastWorkerMegabytes = 64;
constexpr uint64_t kMostWorkerMegabytes = uint64_t{1} << 20;
// What a cgroup's cpu.weight may be (kernel, cgroup-v2.rst).
constexpr uint64_t kMostCpuWeight = 10'000;
constexpr uint64_t kMostRequests = 1'000'000;

template <typename Value>
using Names = std::array<std::pair<std::string_view, Value>, 2>;
constexpr Names<Isolation> kIsolations{{{"tenant", Isolation::kTenant}, {"app", Isolation::kApp}}};
constexpr Names<CodeProfile> kProfiles{
    {{"jit", CodeProfile::kDefault}, {"jitless", CodeProfile::kJitless}}};
constexpr Names<ClockMode> kClocks{
    {{"coarse", ClockMode::kCoarse}, {"frozen", ClockMode::kFrozen}}};

constexpr std::string_view kTenantKeys =
    "defaults, maxima, apps, isolation, code, clock, codegen, cpu_weight, memory_mb, "
    "requests_in_flight, requests_per_second, egress";

// Reads a policy's values, each to its place in the rules. The first problem ends it.
class PolicyReader final {
 public:
  explicit PolicyReader(const std::string& file) : file_(file) {}

  Problem read(const LocatedJson& root, PolicyRules& rules) {
    for (const auto& [key, value] : root.members) {
      Problem problem;
      if (key == "defaults") {
        problem = readLimits(value, key, rules.defaults);
      } else if (key == "maxima") {
        problem = readLimits(value, key, rules.maxima);
      } else if (key == "tenant_defaults") {
        problem = readTenant(value, key, rules.tenantDefaults);
      } else if (key == "tenants") {
        problem = readTenants(value, rules);
      } else if (key == "egress") {
        problem = readEgress(value, key, rules.egress);
      } else {
        problem = unknown(value, "", key, "defaults, maxima, tenants, tenant_defaults, egress");
      }
      if (problem) return problem;
    }
    return std::nullopt;
  }

 private:
  std::string at(const LocatedJson& value) const {
    return file_ + ":" + std::to_string(value.line) + ": ";
  }
  Problem unknown(const LocatedJson& value, const std::string& where, std::string_view key,
                  std::string_view known) const {
    return at(value) + (where.empty() ? "" : where + ": ") + "nanod does not know the key " +
           inQuotes(key) + "; it knows " + std::string(known);
  }
  Problem mustBe(const LocatedJson& value, const std::string& where,
                 const std::string& what) const {
    return at(value) + where + " must be " + what;
  }
  Problem expectObject(const LocatedJson& value, const std::string& where) const {
    if (value.kind == Kind::kObject) return std::nullopt;
    return mustBe(value, where, "an object");
  }

  Problem readLimits(const LocatedJson& json, const std::string& where, LimitValues& into) {
    if (auto problem = expectObject(json, where)) return problem;
    for (const auto& [key, value] : json.members) {
      if (auto problem = readLimit(value, where, key, into)) return problem;
    }
    return std::nullopt;
  }

  Problem readLimit(const LocatedJson& value, const std::string& where, const std::string& key,
                    LimitValues& into) {
    const LimitRow* row = findLimit(key);
    if (row == nullptr) return unknown(value, where, key, limitKeys());
    std::string unit(unitName(row->unit));
    return readNumber(value, where + "." + key, {row->least, row->most, unit}, into[row->limit]);
  }

  Problem readEgress(const LocatedJson& json, const std::string& where,
                     std::shared_ptr<const EgressSettings>& into) {
    auto read = readEgressSettings(json, where, EgressAuthor::kOperator);
    if (auto* problem = std::get_if<EgressSettingsProblem>(&read)) {
      return file_ + ":" + std::to_string(problem->line) + ": " + problem->what;
    }
    into = std::make_shared<const EgressSettings>(std::get<EgressSettings>(std::move(read)));
    return std::nullopt;
  }

  struct Range {
    uint64_t least;
    uint64_t most;
    std::string unit{};
  };
  Problem readNumber(const LocatedJson& value, const std::string& name, const Range& range,
                     uint64_t& into) {
    if (value.kind != Kind::kNumber || value.number < range.least || value.number > range.most) {
      std::string unit = range.unit.empty() ? "" : " (" + range.unit + ")";
      return mustBe(value, name,
                    "a whole number from " + std::to_string(range.least) + " to " +
                        std::to_string(range.most) + unit);
    }
    into = value.number;
    return std::nullopt;
  }

  Problem readFlag(const LocatedJson& value, const std::string& name, std::optional<bool>& into) {
    if (value.kind != Kind::kBoolean) return mustBe(value, name, "true or false");
    into = value.number != 0;
    return std::nullopt;
  }

  template <typename Value>
  Problem readName(const LocatedJson& value, const std::string& name, const Names<Value>& names,
                   std::optional<Value>& into) {
    for (const auto& [text, meaning] : names) {
      if (value.kind == Kind::kString && value.text == text) into = meaning;
    }
    if (into) return std::nullopt;
    return mustBe(value, name, inQuotes(names[0].first) + " or " + inQuotes(names[1].first));
  }

  Problem readTenants(const LocatedJson& json, PolicyRules& rules) {
    if (auto problem = expectObject(json, "tenants")) return problem;
    for (const auto& [name, value] : json.members) {
      if (auto problem = nameProblem(name)) return at(value) + "tenants: " + *problem;
      if (auto problem = readTenant(value, "tenants." + name, rules.tenants[name])) return problem;
      if (auto problem = readApps(value, "tenants." + name + ".apps", rules.tenants[name])) {
        return problem;
      }
    }
    return std::nullopt;
  }

  Problem readApps(const LocatedJson& tenant, const std::string& where, TenantPolicy& into) {
    for (const auto& [key, apps] : tenant.members) {
      if (key != "apps") continue;
      if (auto problem = expectObject(apps, where)) return problem;
      for (const auto& [name, app] : apps.members) {
        if (auto problem = nameProblem(name)) return at(app) + where + ": " + *problem;
        if (auto problem = readApp(app, where + "." + name, into.apps[name])) return problem;
      }
    }
    return std::nullopt;
  }

  Problem readApp(const LocatedJson& json, const std::string& where, AppPolicy& into) {
    if (auto problem = expectObject(json, where)) return problem;
    for (const auto& [key, value] : json.members) {
      Problem problem;
      if (key == "codegen") {
        problem = readFlag(value, where + "." + key, into.codegen);
      } else if (findLimit(key) == nullptr) {
        problem = unknown(value, where, key, "codegen, " + limitKeys());
      } else {
        problem = readLimit(value, where, key, into.limits);
      }
      if (problem) return problem;
    }
    return std::nullopt;
  }

  Problem readTenant(const LocatedJson& json, const std::string& where, TenantPolicy& into) {
    if (auto problem = expectObject(json, where)) return problem;
    for (const auto& [key, value] : json.members) {
      if (auto problem = readSetting(value, where, key, into)) return problem;
    }
    return std::nullopt;
  }

  Problem readSetting(const LocatedJson& value, const std::string& where, const std::string& key,
                      TenantPolicy& into) {
    std::string name = where + "." + key;
    if (key == "defaults") return readLimits(value, name, into.defaults);
    if (key == "maxima") return readLimits(value, name, into.maxima);
    if (key == "isolation") return readName(value, name, kIsolations, into.isolation);
    if (key == "code") return readName(value, name, kProfiles, into.codeProfile);
    if (key == "clock") return readName(value, name, kClocks, into.clock);
    if (key == "codegen") return readFlag(value, name, into.codegen);
    if (key == "egress") return readEgress(value, name, into.egress);
    if (key == "apps" && where != "tenant_defaults") return std::nullopt;  // readApps()
    uint64_t number = 0;
    if (key == "cpu_weight") {
      auto problem = readNumber(value, name, {1, kMostCpuWeight}, number);
      into.cpuWeight = static_cast<uint32_t>(number);
      return problem;
    }
    if (key == "memory_mb") {
      Range range{kLeastWorkerMegabytes, kMostWorkerMegabytes, "MB"};
      auto problem = readNumber(value, name, range, number);
      into.memoryBytes = number * kMegabyte;
      return problem;
    }
    if (key == "requests_in_flight") {
      auto problem = readNumber(value, name, {1, kMostRequests}, number);
      into.requestsInFlight = number;
      return problem;
    }
    if (key == "requests_per_second") {
      auto problem = readNumber(value, name, {1, kMostRequests}, number);
      into.requestsPerSecond = number;
      return problem;
    }
    return unknown(value, where, key, kTenantKeys);
  }

  const std::string& file_;
};

}  // namespace

std::variant<LimitPolicy, std::string> parsePolicy(const std::string& file, std::string_view text) {
  auto parsed = parseLocatedJson(text);
  if (auto* problem = std::get_if<std::string>(&parsed)) return file + ":" + *problem;
  PolicyRules rules;
  if (auto problem = PolicyReader(file).read(std::get<LocatedJson>(parsed), rules)) return *problem;
  return LimitPolicy(std::move(rules));
}

PolicyFile::Opened PolicyFile::open(const std::string& path,
                                    std::shared_ptr<const ServedPorts> served) {
  std::unique_ptr<PolicyFile> file(new PolicyFile(path, std::move(served)));
  if (auto problem = file->reload()) return *problem;
  return file;
}

std::variant<LimitPolicy, std::string> PolicyFile::read() const {
  if (path_.empty()) return LimitPolicy();
  // The file may be behind links, as configuration often is.
  std::unique_ptr<char, decltype(&std::free)> whole(realpath(path_.c_str(), nullptr), &std::free);
  auto text = readFile(AT_FDCWD, whole ? whole.get() : path_, kMaxPolicyBytes);
  if (auto* error = std::get_if<DiskError>(&text)) return error->message;
  return parsePolicy(path_, std::get<std::string>(text));
}

std::optional<std::string> PolicyFile::reload() {
  auto parsed = read();
  if (auto* problem = std::get_if<std::string>(&parsed)) return *problem;
  auto addresses = ownAddresses();
  if (auto* problem = std::get_if<std::string>(&addresses)) return *problem;
  auto& policy = std::get<LimitPolicy>(parsed);
  policy.setOwnEndpoints(std::make_shared<const OwnEndpoints>(
      OwnEndpoints{std::get<std::vector<IpAddress>>(std::move(addresses)), served_}));
  policy_ = std::move(policy);
  return std::nullopt;
}

}  // namespace nano
