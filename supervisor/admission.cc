#include "supervisor/admission.h"

#include <algorithm>
#include <utility>

namespace nano {
namespace {

Refusal refusal(rpc::Limit limit, uint64_t allowed, uint64_t used, LimitScope scope) {
  return {.outcome = rpc::Outcome::LOAD_SHED, .breach = {limit, allowed, used}, .scope = scope};
}

}  // namespace

std::variant<Admission, Refusal> Admission::ask(const std::shared_ptr<AppUsage>& usage,
                                                const AppVersion& version, int64_t nowNanos) {
  constexpr auto relaxed = std::memory_order_relaxed;
  TenantUsage& tenant = *usage->tenant;
  ServerUsage& server = *tenant.server;
  const uint64_t ofTenant = uint64_t{tenant.inFlight.load(relaxed)} + 1;
  if (ofTenant > version.tenantLimits.inFlight) {
    return refusal(rpc::Limit::IN_FLIGHT, version.tenantLimits.inFlight, ofTenant,
                   LimitScope::kTenant);
  }
  if (server.inFlight.load(relaxed) >= server.capacity) {
    const uint32_t sharers = server.activeTenants.load(relaxed) + (ofTenant == 1 ? 1 : 0);
    const uint64_t share = std::max<uint64_t>(server.capacity / std::max(sharers, 1U), 1);
    if (ofTenant > share) {
      return refusal(rpc::Limit::IN_FLIGHT, share, ofTenant, LimitScope::kServer);
    }
  }
  const uint64_t rate = version.limits.get(rpc::Limit::REQUEST_RATE);
  if (!usage->rate.take(nowNanos, rate)) {
    return refusal(rpc::Limit::REQUEST_RATE, rate, rate + 1, LimitScope::kApp);
  }
  const uint64_t tenantRate = version.tenantLimits.requestRate;
  if (!tenant.rate.take(nowNanos, tenantRate)) {
    return refusal(rpc::Limit::REQUEST_RATE, tenantRate, tenantRate + 1, LimitScope::kTenant);
  }
  if (tenant.inFlight.fetch_add(1, relaxed) == 0) server.activeTenants.fetch_add(1, relaxed);
  server.inFlight.fetch_add(1, relaxed);
  return Admission(usage);
}

Admission& Admission::operator=(Admission&& other) noexcept {
  if (this != &other) {
    end();
    usage_ = std::move(other.usage_);
  }
  return *this;
}

void Admission::end() noexcept {
  if (!usage_) return;
  constexpr auto relaxed = std::memory_order_relaxed;
  TenantUsage& tenant = *usage_->tenant;
  if (tenant.inFlight.fetch_sub(1, relaxed) == 1) {
    tenant.server->activeTenants.fetch_sub(1, relaxed);
  }
  tenant.server->inFlight.fetch_sub(1, relaxed);
  usage_.reset();
}

std::string refusalLine(AppUsage* usage, const Refusal& refusal, int64_t nowNanos) {
  uint32_t unlogged = 0;
  if (usage != nullptr && !usage->mayLog(nowNanos, unlogged)) return {};
  std::string line = "A request was refused: ";
  line.append(refusal.breach ? limitText(refusal) : std::string(refusal.reason));
  if (unlogged > 0) line += " (and " + std::to_string(unlogged) + " more since the last such line)";
  return line;
}

}  // namespace nano
