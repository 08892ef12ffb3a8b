#pragma once

#include <string>
#include <string_view>

namespace nano {

// A built-in's text without what nobody reads at run time: lines of comments and indentation. Lines
// keep their numbers.
//
// A text in which that might be part of a string is given back as it is: one with a template
// literal over several lines, or a line that ends in a backslash.
std::string plainText(std::string_view source);

}  // namespace nano
