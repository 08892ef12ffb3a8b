#pragma once

#include <cstdint>
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
extern const std::span<const Op> kDigestOps;
extern const std::span<const Op> kSecretOps;
extern const std::span<const Op> kCipherOps;
extern const std::span<const Op> kKeyFormatOps;
extern const std::span<const Op> kRsaOps;
extern const std::span<const Op> kCurveOps;
extern const std::span<const Op> kDeriveOps;
extern const std::span<const Op> kCompressionOps;
extern const std::span<const Op> kAeadOps;
extern const std::span<const Op> kKeccakOps;
extern const std::span<const Op> kLatticeOps;
extern const std::span<const Op> kLibraryOps;
extern const std::span<const Op> kNodeCipherOps;
extern const std::span<const Op> kNodeDigestOps;
extern const std::span<const Op> kWasmOps;
extern const std::span<const Op> kRpcOps;

// The function behind properties that the op defineLazyProperty made, for who restores a snapshot.
intptr_t lazyPropertyReference();

}  // namespace nano
