#include "supervisor/control_route.h"

#include <algorithm>

namespace nano {
namespace {

// The control API's whole surface. {tenant} and {app} stand for one part of the path. The paths
// below /client/v4 and their answers are Cloudflare's, so that wrangler speaks to nano.
struct Endpoint {
  std::string_view method;
  std::string_view path;
  ControlAction action;
};
constexpr Endpoint kEndpoints[] = {
    {"GET", "/client/v4/accounts/{tenant}/workers/scripts", ControlAction::kListTenant},
    {"PUT", "/client/v4/accounts/{tenant}/workers/scripts/{app}", ControlAction::kDeploy},
    {"DELETE", "/client/v4/accounts/{tenant}/workers/scripts/{app}", ControlAction::kDelete},
    {"GET", "/client/v4/accounts/{tenant}/workers/scripts/{app}/schedules",
     ControlAction::kSchedules},
    {"PUT", "/client/v4/accounts/{tenant}/workers/scripts/{app}/schedules",
     ControlAction::kSetSchedules},
    {"GET", "/nano/v1/apps", ControlAction::kListAll},
    {"GET", "/nano/v1/status", ControlAction::kStatus},
    {"GET", "/nano/v1/accounts/{tenant}/scripts/{app}/logs", ControlAction::kLogs},
    {"GET", "/nano/v1/accounts/{tenant}/scripts/{app}/limits", ControlAction::kLimits},
    {"GET", "/nano/v1/accounts/{tenant}/scripts/{app}/egress", ControlAction::kEgress},
    // Where Prometheus looks.
    {"GET", "/metrics", ControlAction::kMetrics},
};

// Takes the part up to the next '/' off the front, which begins with '/'.
std::string_view takePart(std::string_view& path) {
  path.remove_prefix(1);
  std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

// Above 15: no hexadecimal digit.
unsigned hexValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10) : 16;
}

bool matches(std::string_view pattern, std::string_view path, ControlRoute& route) {
  while (!pattern.empty() && path.starts_with('/')) {
    std::string_view wanted = takePart(pattern);
    std::string_view part = takePart(path);
    if (wanted == "{tenant}") {
      route.tenant = percentDecoded(part);
    } else if (wanted == "{app}") {
      route.app = percentDecoded(part);
    } else if (wanted != part) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

ControlRoute findControlRoute(std::string_view method, std::string_view target) {
  std::string_view path = target.substr(0, target.find('?'));
  ControlRoute other;
  for (const Endpoint& endpoint : kEndpoints) {
    ControlRoute route;
    if (!matches(endpoint.path, path, route)) continue;
    if (endpoint.method != method) {
      other.action = ControlAction::kWrongMethod;
      other.allowed += (other.allowed.empty() ? "" : ", ") + std::string(endpoint.method);
      continue;
    }
    route.action = endpoint.action;
    if (path.size() < target.size()) route.query = target.substr(path.size() + 1);
    return route;
  }
  return other;
}

std::optional<std::string> queryParameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    std::string_view field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(field.size() + 1, query.size()));
    std::string_view key = field.substr(0, field.find('='));
    if (key != name) continue;
    return std::string(field.substr(std::min(key.size() + 1, field.size())));
  }
  return std::nullopt;
}

std::string percentDecoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned high = text[i] == '%' && i + 2 < text.size() ? hexValue(text[i + 1]) : 16;
    unsigned low = high < 16 ? hexValue(text[i + 2]) : 16;
    if (low < 16) {
      result += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace nano
