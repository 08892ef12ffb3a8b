#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nano {

// Reads the head of an upstream's response line by line, as curl hands it over, and refuses what
// two readers could read in two ways. Curl reads the framing on its own; what it is lenient about
// ends the fetch here, before any of the body is used.
class UpstreamHead final {
 public:
  // HTTP/1 by plain TCP cannot claim to be HTTP/2.
  enum class Versions : uint8_t { k1, k1And2 };
  explicit UpstreamHead(Versions versions) : versions_(versions) {}

  enum class Line : uint8_t { kMore, kComplete, kBroken };
  // One line with its end. After kComplete nothing more is for here: what comes then are trailers.
  Line add(std::string_view line);

  // What follows is of the complete head.
  uint16_t status() const { return status_; }
  const std::string& reason() const { return reason_; }
  // Names in lower case; without what is for this hop alone.
  std::vector<std::pair<std::string, std::string>>& fields() { return fields_; }
  std::optional<uint64_t> contentLength() const { return length_; }
  // The body ends where the connection does, by nothing else.
  bool endsWithConnection() const { return version_ != 2 && !chunked_ && !length_; }
  // 204 and 304 have none, whatever their fields say.
  bool hasBody() const { return status_ != 204 && status_ != 304; }

  // Of a broken one: "a field has no name".
  const char* problem() const { return problem_; }

 private:
  Line broken(const char* problem);
  Line addStatusLine(std::string_view line);
  Line addField(std::string_view line);
  Line finishBlock();
  // Whether the field goes to the app.
  bool takeFraming(std::string_view name, std::string_view value);
  void takeLength(std::string_view value);

  Versions versions_;
  enum class Expect : uint8_t { kStatusLine, kFields };
  Expect expect_ = Expect::kStatusLine;
  uint8_t version_ = 1;  // 0: HTTP/1.0.
  bool chunked_ = false;
  uint16_t status_ = 0;
  unsigned interim_ = 0;
  size_t bytes_ = 0;
  std::string reason_;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::optional<uint64_t> length_;
  const char* problem_ = nullptr;
};

}  // namespace nano
