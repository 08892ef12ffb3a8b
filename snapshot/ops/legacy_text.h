#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nano {

// Whether more bytes follow those of a part.
enum class LegacyEnd { kMoreToCome, kEndOfText };

// What a part of a text says.
struct LegacyText {
  std::u16string units;
  // Bytes at the part's end that begin a character and wait for its rest.
  size_t unfinishedBytes = 0;
  // U+FFFD stands for something that was no character.
  bool isMalformed = false;
  // Of iso-2022-jp: which escape sequence is in force, for the next part.
  uint32_t state = 0;
};

// Decodes a part of a text in one of the Encoding standard's encodings but UTF-8 and replacement,
// named as there. Nothing when there is no such encoding. A part begins where a character does, of
// iso-2022-jp with the `state` of the part before. Big5 lacks some 150 characters of Hong Kong's
// supplement, which the engine's tables do not have.
std::optional<LegacyText> decodeLegacyText(std::string_view encoding,
                                           std::span<const std::byte> bytes, LegacyEnd end,
                                           uint32_t state = 0);

}  // namespace nano
