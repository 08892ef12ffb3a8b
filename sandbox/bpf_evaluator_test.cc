#include "sandbox/bpf_evaluator.h"

#include <cstddef>

#include <gtest/gtest.h>
#include <kj/exception.h>

namespace nano {
namespace {

constexpr uint32_t kNumberAt = offsetof(seccomp_data, nr);

TEST(BpfEvaluatorTest, TakesTheBranchThatTheValueAsksFor) {
  const sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kNumberAt),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x0f),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, 1),
      BPF_STMT(BPF_RET | BPF_K, 2),
  };
  seccomp_data data = {};
  data.nr = 0x17;
  EXPECT_EQ(evaluateBpf(program, data), 2u);
  data.nr = 0x18;
  EXPECT_EQ(evaluateBpf(program, data), 1u);
}

TEST(BpfEvaluatorTest, JumpConditionsAreUnsigned) {
  const sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kNumberAt),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 5, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 1),
      BPF_STMT(BPF_RET | BPF_K, 2),
  };
  seccomp_data data = {};
  data.nr = -1;
  EXPECT_EQ(evaluateBpf(program, data), 1u);
  data.nr = 5;
  EXPECT_EQ(evaluateBpf(program, data), 2u);
}

TEST(BpfEvaluatorTest, AProgramWithoutAnEndIsRefused) {
  const sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kNumberAt)};
  EXPECT_THROW(evaluateBpf(program, {}), kj::Exception);
}

TEST(BpfEvaluatorTest, ALoadOutsideOfTheDataIsRefused) {
  const sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sizeof(seccomp_data)),
                                 BPF_STMT(BPF_RET | BPF_K, 0)};
  EXPECT_THROW(evaluateBpf(program, {}), kj::Exception);
}

}  // namespace
}  // namespace nano
