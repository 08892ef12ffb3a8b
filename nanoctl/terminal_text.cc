#include "nanoctl/terminal_text.h"

#include <cstdio>

namespace nano {

std::string terminalText(std::string_view text, std::string_view indent) {
  std::string shown;
  shown.reserve(text.size());
  for (size_t i = 0; i < text.size(); i++) {
    auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F, which terminals obey like C0, are C2 80 to C2 9F in UTF-8.
    bool isC1 = byte == 0xc2 && i + 1 < text.size() &&
                static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                static_cast<unsigned char>(text[i + 1]) <= 0x9f;
    if (byte == '\n') {
      shown.append("\n").append(indent);
    } else if (isC1 || (byte < 0x20 && byte != '\t') || byte == 0x7f) {
      char escaped[8];
      snprintf(escaped, sizeof escaped, "\\x%02x",
               isC1 ? static_cast<unsigned char>(text[++i]) : byte);
      shown.append(escaped);
    } else {
      shown.push_back(text[i]);
    }
  }
  return shown;
}

}  // namespace nano
