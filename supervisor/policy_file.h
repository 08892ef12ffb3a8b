#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "supervisor/limit_policy.h"

namespace nano {

class ServedPorts;

// Reads a policy as docs/limits.md describes it. A string is "FILE:LINE: what is wrong"; a key that
// is not known is wrong.
std::variant<LimitPolicy, std::string> parsePolicy(const std::string& file, std::string_view text);

// The policy of --policy, which may be read again while nanod runs. Lives on the control thread.
class PolicyFile final {
 public:
  using Opened = std::variant<std::unique_ptr<PolicyFile>, std::string>;
  // An empty path: there is no file, and everything is built-in. `served` are nanod's own ports, to
  // which nobody's egress leads. A string says what is wrong.
  static Opened open(const std::string& path, std::shared_ptr<const ServedPorts> served = nullptr);
  PolicyFile(const PolicyFile&) = delete;
  PolicyFile& operator=(const PolicyFile&) = delete;

  // Stays where it is; changes with reload().
  const LimitPolicy& policy() const { return policy_; }
  // Reads the file and the machine's own addresses again. When one is broken the policy stays as it
  // was, and a string says why.
  std::optional<std::string> reload();

 private:
  PolicyFile(std::string path, std::shared_ptr<const ServedPorts> served)
      : path_(std::move(path)),
        served_(std::move(served)) {}

  std::variant<LimitPolicy, std::string> read() const;

  std::string path_;
  std::shared_ptr<const ServedPorts> served_;
  LimitPolicy policy_;
};

}  // namespace nano
