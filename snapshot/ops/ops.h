#pragma once

#include <span>

#include "snapshot/op.h"

namespace nano {

// The ops of each file of this folder. op_table.cc puts them in order.
extern const std::span<const Op> kConsoleOps;
extern const std::span<const Op> kTimeOps;
extern const std::span<const Op> kHttpOps;
extern const std::span<const Op> kEncodingOps;
extern const std::span<const Op> kBase64Ops;
extern const std::span<const Op> kCryptoOps;
extern const std::span<const Op> kUrlOps;
extern const std::span<const Op> kCloneOps;
extern const std::span<const Op> kInspectOps;
extern const std::span<const Op> kContextOps;
extern const std::span<const Op> kFetchOps;
extern const std::span<const Op> kSocketOps;

}  // namespace nano
