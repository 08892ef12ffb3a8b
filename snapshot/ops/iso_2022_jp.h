#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "snapshot/ops/legacy_text.h"

namespace nano {

// The decoder of iso-2022-jp, https://encoding.spec.whatwg.org/#iso-2022-jp-decoder: ICU's has
// other ideas of escape sequences, and tells nobody which one it is in. `state` is 0 where a text
// begins, and LegacyText::state of the part before elsewhere; no bytes wait for the next part.
// Nothing when ICU does not have the characters.
std::optional<LegacyText> decodeIso2022Jp(std::span<const std::byte> bytes, LegacyEnd end,
                                          uint32_t state);

}  // namespace nano
