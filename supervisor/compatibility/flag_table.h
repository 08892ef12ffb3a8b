#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace nano {

// What nano makes of one of Workers' compatibility flags.
enum class FlagTreatment : uint8_t {
  kAsNano,            // nano always behaves as with it.
  kHonoured,          // On or off, as date and flags say; without a date on, as with the newest.
  kHonouredWithDate,  // The same; without a date off.
  kAbsent,            // Of something that nano does not have, or has as without it.
  kPartly,            // nano always has a part of what it does; docs/compatibility.md says which.
  kExperimental,      // Refused, as Cloudflare refuses it.
};

struct CompatibilityFlag {
  std::string_view enable;
  std::string_view disable;  // Empty: it cannot be switched off.
  std::string_view date;     // From which on it is on; empty: by its name alone.
  FlagTreatment treatment;
};

// Up to when the table is complete.
inline constexpr std::string_view kFlagsKnownUntil = "2026-08-22";

// All of workerd's (src/workerd/io/compatibility-date.capnp), in its order; docs/compatibility.md
// shows them.
std::span<const CompatibilityFlag> compatibilityFlagTable();

}  // namespace nano
