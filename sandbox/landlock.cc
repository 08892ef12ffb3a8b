#include "sandbox/landlock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include <kj/io.h>

#include "sandbox/step.h"

namespace nano {
namespace {

// struct landlock_ruleset_attr of ABI 6; Debian 12's header knows fewer fields. A kernel that knows
// fewer still accepts the longer struct while the rest is zero.
struct RulesetAttr {
  uint64_t handledAccessFs = 0;
  uint64_t handledAccessNet = 0;
  uint64_t scoped = 0;
};

constexpr unsigned kVersionQuery = 1;  // LANDLOCK_CREATE_RULESET_VERSION

long createRuleset(const RulesetAttr& attr) {
  return syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
}

// All bits of a field that this kernel understands. Asked instead of taken from a table of ABI
// versions: since we allow nothing, a right that came after this code is denied as well.
uint64_t knownBits(uint64_t RulesetAttr::*field) {
  uint64_t known = 0;
  for (uint64_t bit = 1; bit != 0; bit <<= 1) {
    RulesetAttr attr;
    attr.*field = bit;
    long fd = createRuleset(attr);
    if (fd < 0) {
      // EINVAL: a bit it does not know; E2BIG: a field it does not know. Rights are numbered
      // without gaps.
      if (errno != EINVAL && errno != E2BIG) failStep("landlock rights", errno);
      break;
    }
    kj::AutoCloseFd ruleset(static_cast<int>(fd));
    known |= bit;
  }
  return known;
}

}  // namespace

uint32_t denyWithLandlock() {
  long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersionQuery);
  if (abi < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) return 0;
  mustSucceed("landlock version", abi);

  RulesetAttr everything{knownBits(&RulesetAttr::handledAccessFs),
                         knownBits(&RulesetAttr::handledAccessNet),
                         knownBits(&RulesetAttr::scoped)};
  kj::AutoCloseFd ruleset(
      static_cast<int>(mustSucceed("landlock ruleset", createRuleset(everything))));
  mustSucceed("landlock restrict",
              syscall(SYS_landlock_restrict_self, static_cast<int>(ruleset), 0));
  return static_cast<uint32_t>(abi);
}

}  // namespace nano
