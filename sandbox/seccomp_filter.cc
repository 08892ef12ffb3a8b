#include "sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include <kj/io.h>
#include <seccomp.h>

#include "sandbox/step.h"

namespace nano {
namespace {

constexpr uint64_t kLow32 = 0xffffffff;

struct ReleaseFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using FilterBuilder = std::unique_ptr<void, ReleaseFilter>;

scmp_arg_cmp toComparison(const ArgRule& arg) {
  switch (arg.match) {
    case Match::kEquals32:
      return {arg.index, SCMP_CMP_MASKED_EQ, kLow32, arg.value};
    case Match::kEquals64:
      return {arg.index, SCMP_CMP_EQ, arg.value, 0};
    case Match::kMasked32:
    case Match::kMasked64:
      return {arg.index, SCMP_CMP_MASKED_EQ, arg.mask, arg.value};
    case Match::kAtMost:
      return {arg.index, SCMP_CMP_LE, arg.value, 0};
    case Match::kAnything:
    case Match::kOwnPid:
      break;
  }
  failStep("seccomp policy", "a condition that is none");
}

void addRule(scmp_filter_ctx filter, uint32_t architecture, const SyscallRule& rule) {
  int number = seccomp_syscall_resolve_name(rule.name);
  std::string step = std::string("seccomp rule ") + rule.name;
  if (number == __NR_SCMP_ERROR) failStep(step, "there is no such system call");
  // Not on that architecture. The rule itself is added by this machine's number, from which
  // libseccomp finds the other one.
  if (seccomp_syscall_resolve_name_arch(architecture, rule.name) < 0) return;

  scmp_arg_cmp comparisons[std::size(rule.args)];
  unsigned count = 0;
  for (const ArgRule& arg : rule.args) {
    if (arg.match != Match::kAnything) comparisons[count++] = toComparison(arg);
  }
  uint32_t action = rule.refusal == 0 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(rule.refusal);
  int result = seccomp_rule_add_exact_array(filter, action, number, count, comparisons);
  if (result != 0) failStep(step, -result);
}

// libseccomp writes to a descriptor. A pipe, because a memfd is a file and RLIMIT_FSIZE is 0; it
// holds 64 KiB, and the largest program the kernel takes is 4096 instructions of 8 bytes.
std::vector<sock_filter> exportProgram(scmp_filter_ctx filter) {
  int ends[2];
  mustSucceed("seccomp pipe", pipe2(ends, O_CLOEXEC | O_NONBLOCK));
  kj::AutoCloseFd reader(ends[0]);
  kj::AutoCloseFd writer(ends[1]);
  int result = seccomp_export_bpf(filter, writer);
  if (result != 0) failStep("seccomp export", -result);
  writer = nullptr;

  std::vector<sock_filter> program(BPF_MAXINSNS);
  char* bytes = reinterpret_cast<char*>(program.data());
  size_t size = 0;
  size_t room = program.size() * sizeof(sock_filter);
  while (true) {
    long count = mustSucceed("seccomp read", read(reader, bytes + size, room - size));
    if (count == 0) break;
    size += count;
  }
  if (size == 0 || size == room || size % sizeof(sock_filter) != 0) {
    failStep("seccomp export", "not a program of a possible size");
  }
  program.resize(size / sizeof(sock_filter));
  return program;
}

}  // namespace

std::vector<sock_filter> compileFilter(std::span<const SyscallRule> policy) {
  return compileFilterFor(seccomp_arch_native(), policy);
}

std::vector<sock_filter> compileFilterFor(uint32_t architecture,
                                          std::span<const SyscallRule> policy) {
  FilterBuilder filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter)
    failStep("seccomp init", "libseccomp refuses: seccomp(2) is forbidden, or there is no memory");
  int result = 0;
  if (architecture != seccomp_arch_native()) {
    result = seccomp_arch_add(filter.get(), architecture);
    if (result == 0) result = seccomp_arch_remove(filter.get(), seccomp_arch_native());
    if (result != 0) failStep("seccomp architecture", -result);
  }
  // Its default is to kill the thread only.
  result = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (result != 0) failStep("seccomp bad architecture", -result);
  // A binary tree over the call numbers instead of a list.
  result = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (result != 0) failStep("seccomp optimize", -result);
  for (const SyscallRule& rule : policy)
    addRule(filter.get(), architecture, rule);
  return exportProgram(filter.get());
}

void loadFilter(std::span<const sock_filter> program) {
  sock_fprog code = {};
  code.len = static_cast<unsigned short>(program.size());
  code.filter = const_cast<sock_filter*>(program.data());
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &code);
  if (result > 0) failStep("seccomp", "a thread has a filter of its own");
  mustSucceed("seccomp", result);
}

}  // namespace nano
