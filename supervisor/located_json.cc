#include "supervisor/located_json.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "supervisor/app_names.h"

namespace nano {
namespace {

using Json = nlohmann::json;
using Kind = LocatedJson::Kind;

constexpr size_t kMaxDepth = 16;

// Runs over the text and counts the lines it has passed: nlohmann's events come without a place. A
// line counts once something behind its end is read, because a number is known by the byte after
// it.
class CountingIterator final {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, size_t* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (endsLine_) ++*line_;
    endsLine_ = *at_ == '\n';
    ++at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  size_t* line_;
  bool endsLine_ = false;
};

// "[json.exception.parse_error.101] parse error at line 3, column 5: WHY", of which WHY is news.
std::string reasonOf(std::string_view what) {
  size_t colon = what.find(": ", std::min(what.find("column "), what.size()));
  return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

// Takes nlohmann's events; false ends the parse.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const size_t& line) : line_(line) {}

  LocatedJson& root() { return root_; }
  const std::string& problem() const { return problem_; }

  bool null() override { return add(Kind::kOther) != nullptr; }
  bool boolean(bool value) override {
    LocatedJson* added = add(Kind::kBoolean);
    if (added != nullptr) added->number = value ? 1 : 0;
    return added != nullptr;
  }
  bool number_integer(number_integer_t) override { return add(Kind::kOther) != nullptr; }
  bool number_float(number_float_t, const string_t&) override {
    return add(Kind::kOther) != nullptr;
  }
  bool binary(binary_t&) override { return add(Kind::kOther) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override {
    LocatedJson* added = add(Kind::kNumber);
    if (added != nullptr) added->number = value;
    return added != nullptr;
  }
  bool string(string_t& value) override {
    LocatedJson* added = add(Kind::kString);
    if (added != nullptr) added->text = value;
    return added != nullptr;
  }
  bool start_object(size_t) override { return open(Kind::kObject); }
  bool start_array(size_t) override { return open(Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (!keys_.back().insert(name).second) return fail(inQuotes(name) + " is there twice");
    key_ = name;
    keyLine_ = line_;
    return true;
  }

  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& error) override {
    return fail("not JSON: " + reasonOf(error.what()));
  }

 private:
  bool fail(const std::string& why) {
    if (problem_.empty()) problem_ = std::to_string(line_) + ": " + why;
    return false;
  }

  // Null when it may not stand here.
  LocatedJson* add(Kind kind) {
    if (open_.empty()) {
      if (kind != Kind::kObject) {
        fail("the file must hold one object");
        return nullptr;
      }
      root_.kind = kind;
      root_.line = line_;
      return &root_;
    }
    if (++values_ > kMaxLocatedValues) {
      fail("it has more than " + std::to_string(kMaxLocatedValues) + " values");
      return nullptr;
    }
    LocatedJson& parent = *open_.back();
    bool isMember = parent.kind == Kind::kObject;
    if (isMember) parent.members.push_back({key_, LocatedJson()});
    LocatedJson& value = isMember ? parent.members.back().value : parent.elements.emplace_back();
    value.kind = kind;
    value.line = isMember ? keyLine_ : line_;
    return &value;
  }

  // A pointer to a value stays good while it is open: only the innermost one gets new ones.
  bool open(Kind kind) {
    if (open_.size() >= kMaxDepth) return fail("it nests too deep");
    LocatedJson* added = add(kind);
    if (added == nullptr) return false;
    open_.push_back(added);
    keys_.emplace_back();
    return true;
  }

  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  const size_t& line_;
  LocatedJson root_;
  size_t values_ = 0;
  std::vector<LocatedJson*> open_;
  std::vector<std::unordered_set<std::string>> keys_;  // Of each open one.
  std::string key_;
  size_t keyLine_ = 1;
  std::string problem_;
};

// Counts `values` down; false when there are too many or it nests too deep.
bool convert(const Json& json, size_t depth, size_t& values, LocatedJson& into) {
  if (depth >= kMaxDepth || values == 0) return false;
  --values;
  into.line = 0;
  if (json.is_object()) {
    into.kind = Kind::kObject;
    for (const auto& member : json.items()) {
      into.members.push_back({member.key(), LocatedJson()});
      if (!convert(member.value(), depth + 1, values, into.members.back().value)) return false;
    }
  } else if (json.is_array()) {
    into.kind = Kind::kList;
    for (const Json& element : json) {
      if (!convert(element, depth + 1, values, into.elements.emplace_back())) return false;
    }
  } else if (json.is_string()) {
    into.kind = Kind::kString;
    into.text = json.get<std::string>();
  } else if (json.is_number_unsigned()) {
    into.kind = Kind::kNumber;
    into.number = json.get<uint64_t>();
  } else if (json.is_boolean()) {
    into.kind = Kind::kBoolean;
    into.number = json.get<bool>() ? 1 : 0;
  }
  return true;
}

}  // namespace

std::variant<LocatedJson, std::string> locatedJson(const Json& json, size_t maxValues) {
  LocatedJson result;
  size_t left = maxValues;
  if (convert(json, 0, left, result)) return result;
  return "it nests deeper than " + std::to_string(kMaxDepth) + " or has more than " +
         std::to_string(maxValues) + " values";
}

std::variant<LocatedJson, std::string> parseLocatedJson(std::string_view text) {
  size_t line = 1;
  Builder builder(line);
  bool good = Json::sax_parse(
      CountingIterator(text.data(), &line), CountingIterator(text.data() + text.size(), &line),
      &builder, Json::input_format_t::json, /*strict=*/true, /*ignore_comments=*/true);
  if (!good) return builder.problem();
  return std::move(builder.root());
}

}  // namespace nano
