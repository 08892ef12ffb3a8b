#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <variant>

namespace nano {

struct User {
  uid_t uid;
  gid_t gid;
  std::string name;
};

// The account called `name`, or a sentence that says why not. Root is refused: a supervisor that
// strangers' requests reach has no use for it.
std::variant<User, std::string> findUser(const std::string& name);

// Becomes that user for good, without supplementary groups. Needs root.
void becomeUser(const User& user);

}  // namespace nano
