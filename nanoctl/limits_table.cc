#include "nanoctl/limits_table.h"

#include <algorithm>
#include <array>
#include <vector>

namespace nano {

namespace {

using nlohmann::json;

using Row = std::array<std::string, 4>;

// "app", or "app, capped from 5000 by operator: maxima".
std::string sourceOf(const json& limit) {
  std::string source = limit.value("source", "?");
  auto capped = limit.find("capped_from");
  if (capped == limit.end() || !capped->is_number()) return source;
  return source + ", capped from " + capped->dump() + " by " + limit.value("maximum_source", "?");
}

std::string numberOr(const json& result, const char* key, const std::string& otherwise) {
  auto found = result.find(key);
  return found != result.end() && found->is_number() ? found->dump() : otherwise;
}

}  // namespace

std::string limitsTable(const json& result) {
  std::vector<Row> rows{{"limit", "value", "from", "is"}};
  for (auto& limit : result.value("limits", json::array())) {
    rows.push_back({limit.value("key", "?"),
                    numberOr(limit, "value", "?") + " " + limit.value("unit", ""), sourceOf(limit),
                    limit.value("meaning", "")});
  }
  std::array<size_t, 4> widths{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); i++)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); i++)
      text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += row.back() + "\n";
  }
  text += "\nprocess " + result.value("cordon", "?") + ": clock " + result.value("clock", "?") +
          ", code " + result.value("code", "?") + ", CPU weight " +
          numberOr(result, "cpu_weight", "?") + ", memory " +
          (result.value("memory_mb", json()).is_number() ? numberOr(result, "memory_mb", "") + " MB"
                                                         : "by its apps' limits") +
          "\n";
  text += "code generation (eval, WebAssembly from bytes): " + result.value("codegen", "?") + "\n";
  text += "tenant " + result.value("tenant", "?") + ": requests in flight " +
          numberOr(result, "requests_in_flight", "unlimited") + ", requests/s " +
          numberOr(result, "requests_per_second", "unlimited") + "\n";
  return text;
}

}  // namespace nano
