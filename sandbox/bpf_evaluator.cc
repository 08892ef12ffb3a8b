#include "sandbox/bpf_evaluator.h"

#include <cstring>

#include <kj/debug.h>

namespace nano {
namespace {

uint32_t load(const seccomp_data& data, uint32_t offset) {
  KJ_REQUIRE(offset % 4 == 0 && offset < sizeof data, "load outside of seccomp_data", offset);
  uint32_t value;
  memcpy(&value, reinterpret_cast<const char*>(&data) + offset, sizeof value);
  return value;
}

bool jumps(const sock_filter& instruction, uint32_t accumulator) {
  switch (instruction.code) {
    case BPF_JMP | BPF_JEQ | BPF_K:
      return accumulator == instruction.k;
    case BPF_JMP | BPF_JGT | BPF_K:
      return accumulator > instruction.k;
    case BPF_JMP | BPF_JGE | BPF_K:
      return accumulator >= instruction.k;
    case BPF_JMP | BPF_JSET | BPF_K:
      return (accumulator & instruction.k) != 0;
  }
  KJ_FAIL_REQUIRE("unknown instruction", instruction.code);
}

}  // namespace

uint32_t evaluateBpf(std::span<const sock_filter> program, const seccomp_data& data) {
  uint32_t accumulator = 0;
  for (size_t at = 0; at < program.size(); ++at) {  // jumps go forward only, so this ends
    const sock_filter& instruction = program[at];
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        accumulator = load(data, instruction.k);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        accumulator &= instruction.k;
        break;
      case BPF_RET | BPF_K:
        return instruction.k;
      case BPF_JMP | BPF_JA:
        at += instruction.k;
        break;
      default:
        at += jumps(instruction, accumulator) ? instruction.jt : instruction.jf;
    }
  }
  KJ_FAIL_REQUIRE("the program has no end", program.size());
}

}  // namespace nano
