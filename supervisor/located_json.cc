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

// Runs over the text and counts the lines it has passed: nlohmann's events come without a place.
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
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  size_t* line_;
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
  bool boolean(bool) override { return add(Kind::kOther) != nullptr; }
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
  bool start_array(size_t) override { return open(Kind::kOther); }
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
    LocatedJson& parent = *open_.back();
    // What a list holds is of no use to anybody, and not kept.
    if (parent.kind != Kind::kObject) return &inList_;
    parent.members.push_back({key_, LocatedJson()});
    LocatedJson& value = parent.members.back().value;
    value.kind = kind;
    value.line = keyLine_;
    return &value;
  }

  // A pointer to a member stays good while it is open: only the innermost one gets new members.
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
  LocatedJson inList_;
  std::vector<LocatedJson*> open_;
  std::vector<std::unordered_set<std::string>> keys_;  // Of each open one.
  std::string key_;
  size_t keyLine_ = 1;
  std::string problem_;
};

}  // namespace

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
