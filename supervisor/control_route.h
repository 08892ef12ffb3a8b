#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nano {

enum class ControlAction {
  kUnknownPath,
  kWrongMethod,
  kDeploy,
  kDelete,
  kListTenant,
  kListAll,
  kStatus,
  kMetrics,
  kLogs,
  kLimits,
  kEgress,
  kSchedules,
  kSetSchedules,
};

// What a request to the control API asks for.
struct ControlRoute {
  ControlAction action = ControlAction::kUnknownPath;
  std::string tenant;   // As sent, not checked.
  std::string app;      // As sent, not checked.
  std::string query;    // Without '?'.
  std::string allowed;  // kWrongMethod: the methods of this path, as an Allow field has them.
};

ControlRoute findControlRoute(std::string_view method, std::string_view target);

// The value of one query parameter, as sent; nothing when it is not there.
std::optional<std::string> queryParameter(std::string_view query, std::string_view name);
// With its percent-encoding undone; what is none stays as it is.
std::string percentDecoded(std::string_view text);

}  // namespace nano
