#include "supervisor/bounded_json.h"

namespace nano {

std::optional<nlohmann::json> parseBoundedJson(std::string_view text) {
  constexpr int kMaxDepth = 64;
  bool tooDeep = false;
  using Event = nlohmann::json::parse_event_t;
  auto watch = [&tooDeep](int depth, Event, const nlohmann::json&) {
    tooDeep = tooDeep || depth > kMaxDepth;
    return !tooDeep;
  };
  auto value = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (tooDeep || value.is_discarded()) return std::nullopt;
  return value;
}

std::string jsonLine(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<std::string> stringMember(const nlohmann::json& object, std::string_view key) {
  auto member = object.find(key);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

std::optional<uint64_t> numberMember(const nlohmann::json& object, std::string_view key,
                                     uint64_t max) {
  auto member = object.find(key);
  if (member == object.end() || !member->is_number_unsigned()) return std::nullopt;
  auto number = member->get<uint64_t>();
  if (number > max) return std::nullopt;
  return number;
}

}  // namespace nano
