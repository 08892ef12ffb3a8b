#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "supervisor/limit_policy.h"

namespace nano {

// Reads a policy as docs/limits.md describes it. A string is "FILE:LINE: what is wrong"; a key that
// is not known is wrong.
std::variant<LimitPolicy, std::string> parsePolicy(const std::string& file, std::string_view text);

// The policy of --policy, which may be read again while nanod runs. Lives on the control thread.
class PolicyFile final {
 public:
  using Opened = std::variant<std::unique_ptr<PolicyFile>, std::string>;
  // An empty path: there is no file, and everything is built-in. A string says what is wrong.
  static Opened open(const std::string& path);
  PolicyFile(const PolicyFile&) = delete;
  PolicyFile& operator=(const PolicyFile&) = delete;

  // Stays where it is; changes with reload().
  const LimitPolicy& policy() const { return policy_; }
  // Reads the file again. When it is broken the policy stays as it was, and a string says why.
  std::optional<std::string> reload();

 private:
  explicit PolicyFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
  LimitPolicy policy_;
};

}  // namespace nano
