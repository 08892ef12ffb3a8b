#include "snapshot/ops/iso_2022_jp.h"

#include <iterator>
#include <memory>
#include <utility>

#include "snapshot/ops/icu.h"

namespace nano {
namespace {

constexpr char16_t kReplacement = u'\uFFFD';
constexpr uint8_t kEscapeByte = 0x1B;

enum class Mode : uint8_t { kAscii, kRoman, kKatakana, kLead, kTrail, kEscapeStart, kEscape };

struct State {
  Mode mode = Mode::kAscii;
  // What an escape sequence that is none leaves in force: one of the first four.
  Mode outputMode = Mode::kAscii;
  uint8_t lead = 0;
  // Whether an escape sequence came, and nothing since.
  bool isFresh = false;
};

constexpr uint32_t kModeBits = 3;
constexpr uint32_t kModeMask = (1U << kModeBits) - 1;
constexpr uint32_t kLeadShift = 2 * kModeBits;
constexpr uint32_t kFreshShift = kLeadShift + 8;

State unpack(uint32_t packed) {
  const uint32_t mode = packed & kModeMask;
  const uint32_t outputMode = (packed >> kModeBits) & kModeMask;
  State state;
  if (mode <= static_cast<uint32_t>(Mode::kEscape)) state.mode = static_cast<Mode>(mode);
  if (outputMode <= static_cast<uint32_t>(Mode::kLead)) {
    state.outputMode = static_cast<Mode>(outputMode);
  }
  state.lead = static_cast<uint8_t>(packed >> kLeadShift);
  state.isFresh = ((packed >> kFreshShift) & 1U) != 0;
  return state;
}

uint32_t pack(const State& state) {
  return static_cast<uint32_t>(state.mode) | static_cast<uint32_t>(state.outputMode) << kModeBits |
         uint32_t{state.lead} << kLeadShift | uint32_t{state.isFresh} << kFreshShift;
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close_78(converter); }
};

// The characters of JIS X 0208 and what the standard's index has beside them, as Shift_JIS has
// them.
class Jis0208 final {
 public:
  Jis0208() {
    UErrorCode error = 0;
    converter_.reset(ucnv_open_78("ibm-943_P15A-2003", &error));
    if (error > 0) converter_.reset();
  }

  bool isThere() const { return converter_ != nullptr; }

  // Both from 0x21 to 0x7E.
  std::optional<char16_t> at(uint8_t lead, uint8_t trail) {
    const int row = lead - 0x21;
    const int cell = trail - 0x21 + (row % 2) * 94;
    const int first = row / 2 + (row < 62 ? 0x81 : 0xC1);
    const int second = cell + (cell < 63 ? 0x40 : 0x41);
    const char pair[] = {static_cast<char>(first), static_cast<char>(second)};
    const char* source = pair;
    char16_t units[4];
    char16_t* target = units;
    UErrorCode error = 0;
    ucnv_reset_78(converter_.get());
    ucnv_toUnicode_78(converter_.get(), &target, std::end(units), &source, std::end(pair), nullptr,
                      1, &error);
    if (error > 0 || target != units + 1 || units[0] == kReplacement) return std::nullopt;
    return units[0];
  }

 private:
  std::unique_ptr<UConverter, CloseConverter> converter_;
};

class Decoder final {
 public:
  explicit Decoder(uint32_t state) : state_(unpack(state)) {}

  bool isReady() const { return characters_.isThere(); }

  void take(uint8_t byte) {
    switch (state_.mode) {
      case Mode::kTrail:
        return takeTrail(byte);
      case Mode::kEscapeStart:
        return takeEscapeStart(byte);
      case Mode::kEscape:
        return takeEscape(byte);
      default:
        break;
    }
    if (byte == kEscapeByte) {
      state_.mode = Mode::kEscapeStart;
      return;
    }
    state_.isFresh = false;
    takeFirst(byte);
  }

  LegacyText finish(LegacyEnd end) {
    if (end == LegacyEnd::kMoreToCome) {
      text_.state = pack(state_);
      return std::move(text_);
    }
    const Mode mode = std::exchange(state_.mode, state_.outputMode);
    if (mode >= Mode::kTrail) addMalformed();
    if (mode == Mode::kEscape) take(std::exchange(state_.lead, uint8_t{0}));
    // What followed the escape byte was a lead byte itself.
    if (state_.mode == Mode::kTrail) addMalformed();
    return std::move(text_);
  }

  void reserve(size_t units) { text_.units.reserve(units); }

 private:
  static bool isInSet(uint8_t byte) { return byte >= 0x21 && byte <= 0x7E; }

  // Where a character begins.
  void takeFirst(uint8_t byte) {
    if (state_.mode == Mode::kLead) {
      if (!isInSet(byte)) return addMalformed();
      state_.lead = byte;
      state_.mode = Mode::kTrail;
    } else if (state_.mode == Mode::kKatakana) {
      if (byte < 0x21 || byte > 0x5F) return addMalformed();
      add(static_cast<char16_t>(0xFF61 + (byte - 0x21)));
    } else if (byte > 0x7F || byte == 0x0E || byte == 0x0F) {
      addMalformed();
    } else if (state_.mode == Mode::kRoman && byte == 0x5C) {
      add(u'\u00A5');
    } else if (state_.mode == Mode::kRoman && byte == 0x7E) {
      add(u'\u203E');
    } else {
      add(byte);
    }
  }

  void takeTrail(uint8_t byte) {
    state_.mode = byte == kEscapeByte ? Mode::kEscapeStart : Mode::kLead;
    if (!isInSet(byte)) return addMalformed();
    const auto unit = characters_.at(state_.lead, byte);
    if (unit) {
      add(*unit);
    } else {
      addMalformed();
    }
  }

  void takeEscapeStart(uint8_t byte) {
    if (byte == '$' || byte == '(') {
      state_.lead = byte;
      state_.mode = Mode::kEscape;
      return;
    }
    endEscape();
    take(byte);
  }

  void takeEscape(uint8_t byte) {
    const uint8_t lead = std::exchange(state_.lead, uint8_t{0});
    const auto mode = modeOf(lead, byte);
    if (!mode) {
      endEscape();
      take(lead);
      return take(byte);
    }
    state_.mode = state_.outputMode = *mode;
    if (std::exchange(state_.isFresh, true)) addMalformed();
  }

  static std::optional<Mode> modeOf(uint8_t lead, uint8_t byte) {
    if (lead == '$') return byte == '@' || byte == 'B' ? std::optional(Mode::kLead) : std::nullopt;
    switch (byte) {
      case 'B':
        return Mode::kAscii;
      case 'J':
        return Mode::kRoman;
      case 'I':
        return Mode::kKatakana;
      default:
        return std::nullopt;
    }
  }

  // It was no escape sequence.
  void endEscape() {
    state_.isFresh = false;
    state_.mode = state_.outputMode;
    addMalformed();
  }

  void add(char16_t unit) { text_.units.push_back(unit); }

  void addMalformed() {
    add(kReplacement);
    text_.isMalformed = true;
  }

  State state_;
  Jis0208 characters_;
  LegacyText text_;
};

}  // namespace

std::optional<LegacyText> decodeIso2022Jp(std::span<const std::byte> bytes, LegacyEnd end,
                                          uint32_t state) {
  Decoder decoder(state);
  if (!decoder.isReady()) return std::nullopt;
  decoder.reserve(bytes.size());
  for (const std::byte each : bytes)
    decoder.take(std::to_integer<uint8_t>(each));
  return decoder.finish(end);
}

}  // namespace nano
