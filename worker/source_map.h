#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nano {

// One source map (ECMA-426, version 3): where in its sources a place of a generated file comes
// from.
//
// A map is a tenant's input: it is read once, front to back, and a thing that is not as it should
// be makes it unusable. What is kept beside its mappings is small, whatever they say.
class SourceMap final {
 public:
  // A string says why it cannot be used.
  static std::variant<SourceMap, std::string> parse(std::string_view json);

  struct Place {
    std::string source;
    uint32_t sourceIndex = 0;
    uint32_t line = 0;  // Counted from 1, as the column.
    uint32_t column = 0;
  };
  // Nothing: the map does not say. Both numbers count from 1.
  std::optional<Place> find(uint32_t line, uint32_t column) const;

  // All of a source's text, where the map in `json` has it.
  static std::optional<std::string> contentOf(std::string_view json, uint32_t sourceIndex);

 private:
  // The values of the segment before `at`, from which the next is counted, and where the next is.
  struct Cursor {
    size_t at = 0;
    uint32_t line = 0;  // Of the generated file; all of these count from 0.
    int64_t column = 0;
    int64_t source = 0;
    int64_t sourceLine = 0;
    int64_t sourceColumn = 0;
    bool isMapped = false;
  };
  struct Checkpoint {
    Cursor before;
    uint32_t line;
    uint32_t column;
    size_t end = 0;  // Of its last segment.
  };

  std::optional<std::string> readMappings();
  enum class Step { kSegment, kEnd, kBroken };
  void skipSeparators(Cursor& cursor) const;
  Step readSegment(Cursor& cursor) const;
  bool readValues(Cursor& cursor) const;
  bool readNumber(Cursor& cursor, int64_t& sum) const;

  std::string mappings_;
  std::vector<std::string> sources_;
  std::vector<Checkpoint> checkpoints_;
};

}  // namespace nano
