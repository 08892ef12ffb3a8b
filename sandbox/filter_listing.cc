#include "sandbox/filter_listing.h"

#include <linux/seccomp.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include <kj/debug.h>
#include <seccomp.h>

namespace nano {
namespace {

constexpr uint32_t kNumberAt = offsetof(seccomp_data, nr);

// What is in the accumulator after a load from this offset.
std::string fieldAt(uint32_t offset) {
  if (offset == kNumberAt) return "call";
  if (offset == offsetof(seccomp_data, arch)) return "architecture";
  constexpr uint32_t kArgs = offsetof(seccomp_data, args);
  KJ_REQUIRE(offset >= kArgs && offset < sizeof(seccomp_data), "not a field", offset);
  // Both architectures are little-endian.
  std::string half = (offset - kArgs) % 8 == 0 ? " low" : " high";
  return "argument " + std::to_string((offset - kArgs) / 8) + half;
}

std::string hex(uint32_t value) {
  char text[16];
  snprintf(text, sizeof text, "0x%08x", value);
  return text;
}

std::string callName(uint32_t number, uint32_t architecture) {
  std::unique_ptr<char, void (*)(void*)> name(
      seccomp_syscall_resolve_num_arch(architecture, static_cast<int>(number)), free);
  return name ? name.get() : "no call";
}

std::string describeReturn(uint32_t value) {
  switch (value & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
      return "allow";
    case SECCOMP_RET_KILL_PROCESS:
      return "kill the process";
    case SECCOMP_RET_ERRNO:
      return "errno " + std::to_string(value & SECCOMP_RET_DATA);
  }
  KJ_FAIL_REQUIRE("an action that is not ours", value);
}

const char* comparison(uint16_t code) {
  switch (BPF_OP(code)) {
    case BPF_JEQ:
      return "==";
    case BPF_JGT:
      return ">";
    case BPF_JGE:
      return ">=";
    case BPF_JSET:
      return "&";
  }
  KJ_FAIL_REQUIRE("unknown jump", code);
}

// What the accumulator holds when each instruction begins. Jumps go forward only, so one pass finds
// it; where two ways bring different fields, there is no name for it.
std::vector<std::string> fieldsBefore(std::span<const sock_filter> program) {
  std::vector<std::string> before(program.size());
  auto arrive = [&before](size_t at, const std::string& field) {
    if (at >= before.size()) return;
    before[at] = before[at].empty() || before[at] == field ? field : "either";
  };
  for (size_t at = 0; at < program.size(); ++at) {
    const sock_filter& instruction = program[at];
    switch (BPF_CLASS(instruction.code)) {
      case BPF_LD:
        arrive(at + 1, fieldAt(instruction.k));
        break;
      case BPF_ALU:
        arrive(at + 1, before[at]);
        break;
      case BPF_JMP:
        if (BPF_OP(instruction.code) == BPF_JA) {
          arrive(at + 1 + instruction.k, before[at]);
        } else {
          arrive(at + 1 + instruction.jt, before[at]);
          arrive(at + 1 + instruction.jf, before[at]);
        }
        break;
    }
  }
  return before;
}

std::string describe(const sock_filter& instruction, size_t at, const std::string& field,
                     uint32_t architecture) {
  switch (instruction.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      return "load " + fieldAt(instruction.k);
    case BPF_ALU | BPF_AND | BPF_K:
      return "and  " + hex(instruction.k) + "  ; " + field;
    case BPF_RET | BPF_K:
      return "ret  " + describeReturn(instruction.k);
    case BPF_JMP | BPF_JA:
      return "goto " + std::to_string(at + 1 + instruction.k);
  }
  std::string line = std::string("if   ") + comparison(instruction.code) + " " +
                     hex(instruction.k) + " goto " + std::to_string(at + 1 + instruction.jt) +
                     " else " + std::to_string(at + 1 + instruction.jf) + "  ; " + field;
  return field == "call" ? line + " " + callName(instruction.k, architecture) : line;
}

}  // namespace

std::string listFilter(std::span<const sock_filter> program, uint32_t architecture) {
  const std::vector<std::string> before = fieldsBefore(program);
  std::string text;
  for (size_t at = 0; at < program.size(); ++at) {
    char number[32];
    snprintf(number, sizeof number, "%4zu  ", at);
    text += number + describe(program[at], at, before[at], architecture) + "\n";
  }
  return text;
}

}  // namespace nano
