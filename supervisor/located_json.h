#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace nano {

// A value of a JSON file that a person wrote: it knows its line, for the message that refuses it.
struct LocatedJson {
  enum class Kind : uint8_t {
    kObject,
    kList,
    kString,
    kNumber,  // A whole number that is not negative.
    kBoolean,
    kOther,  // All else; nano's own files have no use for it.
  };

  Kind kind = Kind::kOther;
  size_t line = 1;      // Of a member: where its key stands. 0: it comes from no file.
  std::string text;     // kString
  uint64_t number = 0;  // kNumber; of kBoolean 1 is true.
  // kObject, in the file's order, each key once.
  struct Member;
  std::vector<Member> members;
  std::vector<LocatedJson> elements;  // kList
};

struct LocatedJson::Member {
  std::string key;
  LocatedJson value;
};

// Reads one object, with comments as JSONC has them. A string is "LINE: what is wrong". Nests at
// most 16 deep and has at most kMaxLocatedValues; bounded in size by the caller.
std::variant<LocatedJson, std::string> parseLocatedJson(std::string_view text);
inline constexpr size_t kMaxLocatedValues = 500'000;  // Ours: ten thousand tenants of fifty.

// What did not come from a file, in the same form, without lines. A string says why it cannot be:
// it nests deeper than 16 or has more than `maxValues`.
std::variant<LocatedJson, std::string> locatedJson(const nlohmann::json& json, size_t maxValues);

}  // namespace nano
