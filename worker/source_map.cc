#include "worker/source_map.h"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

namespace nano {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxSources = 20'000;
constexpr size_t kMaxSourceNameBytes = 512;
// A place is found by reading on from the checkpoint before it: so many bytes at most.
constexpr size_t kCheckpointBytes = 256;
constexpr int64_t kMaxValue = std::numeric_limits<int32_t>::max();

// Not within a character.
std::string cutName(std::string name) {
  if (name.size() <= kMaxSourceNameBytes) return name;
  size_t end = kMaxSourceNameBytes;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80)
    --end;
  name.resize(end);
  return name;
}

// What of a map is wanted, collected while its JSON is read: no tree of it is made.
class MapReader final : public nlohmann::json_sax<Json> {
 public:
  // The text of this source alone is kept.
  explicit MapReader(std::optional<uint32_t> wantedContent = std::nullopt)
      : wantedContent_(wantedContent) {}

  bool null() override { return value({}); }
  bool boolean(bool) override { return value({}); }
  bool number_integer(number_integer_t) override { return value({}); }
  bool number_unsigned(number_unsigned_t number) override {
    if (depth_ == 1 && key_ == "version") version = number;
    return value({});
  }
  bool number_float(number_float_t, const string_t&) override { return value({}); }
  bool string(string_t& text) override { return value(std::move(text)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override {
    ++depth_;
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      key_ = std::move(name);
      index_ = 0;
    }
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(size_t) override { return start_object(0); }
  bool end_array() override { return end_object(); }
  bool parse_error(size_t, const std::string&, const Json::exception&) override { return false; }

  uint64_t version = 0;
  std::optional<std::string> mappings;
  std::string sourceRoot;
  std::vector<std::string> sources;
  std::optional<std::string> content;

 private:
  bool value(std::string text) {
    if (depth_ == 1 && key_ == "mappings") {
      mappings = std::move(text);
    } else if (depth_ == 1 && key_ == "sourceRoot") {
      sourceRoot = std::move(text);
    } else if (depth_ == 2 && key_ == "sources") {
      sources.push_back(cutName(std::move(text)));
      return sources.size() <= kMaxSources;
    } else if (depth_ == 2 && key_ == "sourcesContent" && wantedContent_ &&
               index_++ == *wantedContent_) {
      content = std::move(text);
    }
    return true;
  }

  const std::optional<uint32_t> wantedContent_;
  size_t depth_ = 0;
  std::string key_;
  uint32_t index_ = 0;
};

// -1: no digit of base 64.
int digitOf(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

bool endsSegment(char c) { return c == ',' || c == ';'; }

}  // namespace

std::variant<SourceMap, std::string> SourceMap::parse(std::string_view json) {
  MapReader reader;
  if (!Json::sax_parse(json.begin(), json.end(), &reader)) {
    if (reader.sources.size() > kMaxSources) {
      return "it has more than " + std::to_string(kMaxSources) + " sources";
    }
    return "it is not JSON";
  }
  if (reader.version != 3) return "its 'version' is not 3";
  if (!reader.mappings) return "it has no 'mappings' (a map of sections is not supported)";
  SourceMap map;
  map.mappings_ = std::move(*reader.mappings);
  map.sources_ = std::move(reader.sources);
  std::string root = cutName(std::move(reader.sourceRoot));
  if (!root.empty() && !root.ends_with('/')) root += '/';
  for (std::string& source : map.sources_)
    source.insert(0, root);
  if (auto problem = map.readMappings()) return *problem;
  return map;
}

std::optional<std::string> SourceMap::contentOf(std::string_view json, uint32_t sourceIndex) {
  MapReader reader(sourceIndex);
  if (!Json::sax_parse(json.begin(), json.end(), &reader)) return std::nullopt;
  return std::move(reader.content);
}

std::optional<std::string> SourceMap::readMappings() {
  Cursor cursor;
  size_t nextCheckpoint = 0;
  while (true) {
    skipSeparators(cursor);
    const Cursor before = cursor;
    const Step step = readSegment(cursor);
    if (step == Step::kEnd) return std::nullopt;
    if (step == Step::kBroken) {
      return "its 'mappings' are broken at character " + std::to_string(cursor.at);
    }
    if (before.at >= nextCheckpoint) {
      checkpoints_.push_back({before, cursor.line, static_cast<uint32_t>(cursor.column)});
      nextCheckpoint = before.at + kCheckpointBytes;
    }
    checkpoints_.back().end = cursor.at;
  }
}

void SourceMap::skipSeparators(Cursor& cursor) const {
  while (cursor.at < mappings_.size() && endsSegment(mappings_[cursor.at])) {
    if (mappings_[cursor.at++] == ';') {
      ++cursor.line;
      cursor.column = 0;
    }
  }
}

SourceMap::Step SourceMap::readSegment(Cursor& cursor) const {
  skipSeparators(cursor);
  if (cursor.at == mappings_.size()) return Step::kEnd;
  return readValues(cursor) ? Step::kSegment : Step::kBroken;
}

// One, four or five numbers.
bool SourceMap::readValues(Cursor& cursor) const {
  auto atEnd = [this, &cursor] {
    return cursor.at == mappings_.size() || endsSegment(mappings_[cursor.at]);
  };
  const int64_t columnBefore = cursor.column;
  // In order, or else none is found by halves.
  if (!readNumber(cursor, cursor.column) || cursor.column < columnBefore) return false;
  cursor.isMapped = !atEnd();
  if (!cursor.isMapped) return true;
  if (!readNumber(cursor, cursor.source) || !readNumber(cursor, cursor.sourceLine) ||
      !readNumber(cursor, cursor.sourceColumn) ||
      cursor.source >= static_cast<int64_t>(sources_.size())) {
    return false;
  }
  // Names are counted from each other, and nobody asks for them: this one is in the middle.
  int64_t name = kMaxValue / 2;
  if (!atEnd() && !readNumber(cursor, name)) return false;
  return atEnd();
}

bool SourceMap::readNumber(Cursor& cursor, int64_t& sum) const {
  constexpr int kMaxShift = 30;
  int64_t value = 0;
  for (int shift = 0; shift <= kMaxShift; shift += 5) {
    const int digit = cursor.at < mappings_.size() ? digitOf(mappings_[cursor.at]) : -1;
    if (digit < 0) return false;
    ++cursor.at;
    value |= static_cast<int64_t>(digit & 31) << shift;
    if ((digit & 32) != 0) continue;
    sum += (value & 1) != 0 ? -(value >> 1) : value >> 1;
    return sum >= 0 && sum <= kMaxValue;
  }
  return false;
}

std::optional<SourceMap::Place> SourceMap::find(uint32_t line, uint32_t column) const {
  if (line == 0 || column == 0) return std::nullopt;
  const uint32_t wantedLine = line - 1;
  const uint32_t wantedColumn = column - 1;
  auto isAfter = [wantedLine, wantedColumn](uint32_t atLine, int64_t atColumn) {
    return atLine > wantedLine || (atLine == wantedLine && atColumn > wantedColumn);
  };
  auto next = std::partition_point(
      checkpoints_.begin(), checkpoints_.end(),
      [&isAfter](const Checkpoint& each) { return !isAfter(each.line, each.column); });
  if (next == checkpoints_.begin()) return std::nullopt;
  const Checkpoint& checkpoint = *std::prev(next);
  Cursor cursor = checkpoint.before;
  std::optional<Cursor> found;
  // Not past the checkpoint's last segment: what separates it from the next may be megabytes.
  while (cursor.at < checkpoint.end && readSegment(cursor) == Step::kSegment &&
         !isAfter(cursor.line, cursor.column))
    found = cursor;
  if (!found || found->line != wantedLine || !found->isMapped) return std::nullopt;
  const auto source = static_cast<uint32_t>(found->source);
  if (sources_[source].empty()) return std::nullopt;
  return Place{sources_[source], source, static_cast<uint32_t>(found->sourceLine) + 1,
               static_cast<uint32_t>(found->sourceColumn) + 1};
}

}  // namespace nano
