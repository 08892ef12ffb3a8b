#include "supervisor/run_as_user.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <kj/debug.h>

namespace nano {

std::variant<User, std::string> findUser(const std::string& name) {
  passwd* entry = getpwnam(name.c_str());
  if (entry == nullptr) {
    return "there is no user '" + name + "' (make one: adduser --system --group " + name + ")";
  }
  if (entry->pw_uid == 0) return "nanod does not run as root; name an unprivileged user";
  return User{entry->pw_uid, entry->pw_gid, name};
}

void becomeUser(const User& user) {
  KJ_SYSCALL(setgroups(0, nullptr));
  KJ_SYSCALL(setresgid(user.gid, user.gid, user.gid));
  KJ_SYSCALL(setresuid(user.uid, user.uid, user.uid));
  KJ_ASSERT(setuid(0) != 0, "root could be taken back");
}

}  // namespace nano
