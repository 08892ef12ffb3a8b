#pragma once

#include <string>
#include <string_view>

namespace nano {

// A tenant's text as it may be shown on an operator's terminal: no control character but tab gets
// through (an escape sequence could rewrite the screen), and every line after the first begins with
// `indent`, so that no text can pass for a line of ours.
std::string terminalText(std::string_view text, std::string_view indent);

}  // namespace nano
