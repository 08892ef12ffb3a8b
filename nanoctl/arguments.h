#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nanoctl/result.h"

namespace nano {

// A flag of a command: `--name=VALUE`, `--name VALUE`, or `--name` alone where it takes none. Its
// words are joined by -; the user may write _ as well.
struct FlagSpec {
  std::string_view name;
  enum class Takes { kValue, kNothing } takes = Takes::kValue;
  enum class Times { kOnce, kMany } times = Times::kOnce;
};

// A command line taken apart. gflags cannot: it keeps only the last of several --host.
class Arguments final {
 public:
  // A flag that is not in `specs` is a failure that names it, and so is a missing or second value.
  static Result<Arguments> parse(std::span<const std::string> words,
                                 std::span<const FlagSpec> specs);

  const std::vector<std::string>& positional() const { return positional_; }
  bool has(std::string_view flag) const { return flags_.contains(flag); }
  // The flag's value, or `otherwise`.
  std::string get(std::string_view flag, std::string_view otherwise = {}) const;
  std::vector<std::string> all(std::string_view flag) const;

 private:
  std::vector<std::string> positional_;
  std::map<std::string, std::vector<std::string>, std::less<>> flags_;
};

}  // namespace nano
