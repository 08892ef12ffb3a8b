#include "nanoctl/egress_table.h"

#include <algorithm>
#include <array>
#include <vector>

namespace nano {

namespace {

using nlohmann::json;

using Row = std::array<std::string, 3>;

std::string textOr(const json& object, const char* key, const std::string& otherwise) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

bool isTrue(const json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && *found == true;
}

std::string word(const json& object) { return isTrue(object, "allowed") ? "allowed" : "denied"; }

// "private (private use, 10.0.0.0/8)"; of a public address there is no more to say.
std::string classOf(const json& address) {
  std::string text = textOr(address, "class", "?");
  std::string reason = textOr(address, "reason", "");
  if (reason.empty()) return text;
  return text + " (" + reason + ", " + textOr(address, "block", "?") + ")";
}

}  // namespace

std::string egressTable(const json& result) {
  const json byName = result.value("by_name", json::object());
  std::vector<Row> rows{{"by name", word(byName), textOr(byName, "rule", "?")}};
  for (auto& address : result.value("addresses", json::array())) {
    std::string state = word(address);
    // The others are denied, and the policy wants none then.
    if (state == "allowed" && !isTrue(address, "used")) state = "not used";
    rows.push_back({textOr(address, "address", "?"), state,
                    classOf(address) + ": " + textOr(address, "rule", "?")});
  }
  std::array<size_t, 2> widths{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < widths.size(); i++)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text = textOr(result, "destination", "?") + ": " + word(result) + "\n";
  for (const Row& row : rows) {
    text += "  ";
    for (size_t i = 0; i < widths.size(); i++)
      text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += row.back() + "\n";
  }
  std::string proxy = textOr(result, "proxy", "");
  if (std::string app = textOr(result, "served_by", ""); !app.empty()) {
    text += (isTrue(result, "allowed") ? "answered by app " : "it is a host of app ") + app +
            " of this server, without the network\n";
  } else if (!proxy.empty()) {
    text += "through the proxy " + proxy + ", which looks names up itself\n";
  } else if (std::string why = textOr(result, "not_found", ""); !why.empty()) {
    text += "its name has no address: " + why + "\n";
  } else if (rows.size() == 1 && word(byName) == "allowed") {
    text += "decided by name alone: --address=IP says which address it has\n";
  }
  return text;
}

}  // namespace nano
