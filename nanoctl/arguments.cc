#include "nanoctl/arguments.h"

#include <algorithm>

#include "nanoctl/spelling.h"

namespace nano {

namespace {

Failure unknownFlag(const std::string& word, const std::string& name,
                    std::span<const FlagSpec> specs) {
  std::vector<std::string_view> known;
  for (const FlagSpec& spec : specs)
    known.push_back(spec.name);
  const std::string meant(nearest(name, known));
  return Failure{"unknown flag " + word + (meant.empty() ? "" : " (is --" + meant + " meant?)")};
}

}  // namespace

Result<Arguments> Arguments::parse(std::span<const std::string> words,
                                   std::span<const FlagSpec> specs) {
  Arguments arguments;
  bool onlyPositional = false;
  for (size_t i = 0; i < words.size(); i++) {
    const std::string& word = words[i];
    if (onlyPositional || word.size() < 2 || word[0] != '-') {
      arguments.positional_.push_back(word);
      continue;
    }
    if (word == "--") {
      onlyPositional = true;
      continue;
    }
    std::string_view flag = std::string_view(word).substr(word[1] == '-' ? 2 : 1);
    size_t equals = flag.find('=');
    bool hasValue = equals != std::string_view::npos;
    std::string value(hasValue ? flag.substr(equals + 1) : std::string_view());
    // Both spellings, as nanod takes them.
    std::string name(flag.substr(0, equals));
    std::replace(name.begin(), name.end(), '_', '-');
    auto spec = std::find_if(specs.begin(), specs.end(),
                             [&name](const FlagSpec& known) { return known.name == name; });
    if (spec == specs.end()) return unknownFlag(word, name, specs);
    if (spec->takes == FlagSpec::Takes::kNothing) {
      if (hasValue) return Failure{"--" + name + " takes no value"};
    } else if (!hasValue) {
      if (i + 1 == words.size()) return Failure{"--" + name + " needs a value"};
      value = words[++i];
    }
    auto& values = arguments.flags_[name];
    if (!values.empty() && spec->times == FlagSpec::Times::kOnce) {
      return Failure{"--" + name + " is given twice"};
    }
    values.push_back(std::move(value));
  }
  return arguments;
}

std::string Arguments::get(std::string_view flag, std::string_view otherwise) const {
  auto found = flags_.find(flag);
  return found == flags_.end() ? std::string(otherwise) : found->second.back();
}

std::vector<std::string> Arguments::all(std::string_view flag) const {
  auto found = flags_.find(flag);
  return found == flags_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace nano
