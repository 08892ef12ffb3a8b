#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nano {

// A value of a JSON file that a person wrote: it knows its line, for the message that refuses it.
struct LocatedJson {
  enum class Kind : uint8_t {
    kObject,
    kString,
    kNumber,  // A whole number that is not negative.
    kOther,   // All else; nano's own files have no use for it.
  };

  Kind kind = Kind::kOther;
  size_t line = 1;      // Of a member: where its key stands.
  std::string text;     // kString
  uint64_t number = 0;  // kNumber
  // kObject, in the file's order, each key once.
  struct Member;
  std::vector<Member> members;
};

struct LocatedJson::Member {
  std::string key;
  LocatedJson value;
};

// Reads one object, with comments as JSONC has them. A string is "LINE: what is wrong". Nests at
// most 16 deep; bounded in size by the caller.
std::variant<LocatedJson, std::string> parseLocatedJson(std::string_view text);

}  // namespace nano
