#include "snapshot/ops/legacy_text.h"

#include <algorithm>
#include <memory>

#include "snapshot/ops/icu.h"
#include "snapshot/ops/iso_2022_jp.h"

namespace nano {
namespace {

constexpr char16_t kReplacement = u'\uFFFD';

// Where ICU's table differs from the standard's: the byte means this unit.
struct Correction {
  uint8_t byte;
  char16_t unit;
};
constexpr Correction kIbm866[] = {{0x1A, 0x1A}, {0x1C, 0x1C}, {0x7F, 0x7F}};
constexpr Correction kKoi8U[] = {{0xAE, 0x045E}, {0xBE, 0x040E}};
constexpr Correction kWindows874[] = {
    {0xDB, kReplacement}, {0xDC, kReplacement}, {0xDD, kReplacement}, {0xDE, kReplacement},
    {0xFC, kReplacement}, {0xFD, kReplacement}, {0xFE, kReplacement}, {0xFF, kReplacement}};
constexpr Correction kWindows1253[] = {{0xAA, kReplacement}};
constexpr Correction kWindows1255[] = {{0xCA, 0x05BA}};

enum class Kind {
  kSingleByte,  // Each byte is a unit.
  kMultiByte,
  kPairs,        // ASCII, and pairs of bytes.
  kShiftJis,     // The same, and half-width katakana.
  kUserDefined,  // 0x80 to 0xFF are U+F780 to U+F7FF.
  kLatin10,      // ICU has no table of it.
};

struct Encoding {
  std::string_view name;
  const char* converter = nullptr;  // ICU's name.
  Kind kind = Kind::kSingleByte;
  std::span<const Correction> corrections{};
};

constexpr Encoding kEncodings[] = {
    {"big5", "Big5-HKSCS", Kind::kPairs},
    {"euc-jp", "euc-jp-2007", Kind::kMultiByte},
    {"euc-kr", "windows-949-2000", Kind::kPairs},
    {"gb18030", "gb18030", Kind::kMultiByte},
    {"gbk", "gb18030", Kind::kMultiByte},  // Encoding standard 10.1.1: the same decoder.
    {"ibm866", "ibm866", Kind::kSingleByte, kIbm866},
    {"iso-8859-10", "iso-8859-10"},
    {"iso-8859-13", "iso-8859-13"},
    {"iso-8859-14", "iso-8859-14"},
    {"iso-8859-15", "iso-8859-15"},
    {"iso-8859-16", nullptr, Kind::kLatin10},
    {"iso-8859-2", "iso-8859-2"},
    {"iso-8859-3", "iso-8859-3"},
    {"iso-8859-4", "iso-8859-4"},
    {"iso-8859-5", "iso-8859-5"},
    {"iso-8859-6", "iso-8859-6"},
    {"iso-8859-7", "iso-8859-7"},
    {"iso-8859-8", "iso-8859-8"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"koi8-r", "koi8-r"},
    {"koi8-u", "koi8-u", Kind::kSingleByte, kKoi8U},
    {"macintosh", "macintosh"},
    {"shift_jis", "ibm-943_P15A-2003", Kind::kShiftJis},
    {"utf-16be", "UTF-16BE", Kind::kMultiByte},
    {"utf-16le", "UTF-16LE", Kind::kMultiByte},
    {"windows-1250", "windows-1250"},
    {"windows-1251", "windows-1251"},
    {"windows-1252", "windows-1252"},
    {"windows-1253", "windows-1253", Kind::kSingleByte, kWindows1253},
    {"windows-1254", "windows-1254"},
    {"windows-1255", "windows-1255", Kind::kSingleByte, kWindows1255},
    {"windows-1256", "windows-1256"},
    {"windows-1257", "windows-1257"},
    {"windows-1258", "windows-1258"},
    {"windows-874", "windows-874", Kind::kSingleByte, kWindows874},
    {"x-mac-cyrillic", "x-mac-cyrillic"},
    {"x-user-defined", nullptr, Kind::kUserDefined},
};

// iso-8859-16 from 0xA0 on.
constexpr std::u16string_view kLatin10 =
    u"\u00a0\u0104\u0105\u0141\u20ac\u201e\u0160\u00a7\u0161\u00a9\u0218\u00ab\u0179\u00ad\u017a"
    u"\u017b\u00b0\u00b1\u010c\u0142\u017d\u201d\u00b6\u00b7\u017e\u010d\u0219\u00bb\u0152\u0153"
    u"\u0178\u017c\u00c0\u00c1\u00c2\u0102\u00c4\u0106\u00c6\u00c7\u00c8\u00c9\u00ca\u00cb\u00cc"
    u"\u00cd\u00ce\u00cf\u0110\u0143\u00d2\u00d3\u00d4\u0150\u00d6\u015a\u0170\u00d9\u00da\u00db"
    u"\u00dc\u0118\u021a\u00df\u00e0\u00e1\u00e2\u0103\u00e4\u0107\u00e6\u00e7\u00e8\u00e9\u00ea"
    u"\u00eb\u00ec\u00ed\u00ee\u00ef\u0111\u0144\u00f2\u00f3\u00f4\u0151\u00f6\u015b\u0171\u00f9"
    u"\u00fa\u00fb\u00fc\u0119\u021b\u00ff";

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close_78(converter); }
};

// ICU's own substitution is U+001A in some encodings.
void replace(const void* context, UConverterToUnicodeArgs* arguments, const char* /*bytes*/,
             int32_t /*length*/, int32_t reason, UErrorCode* error) {
  if (reason > kIcuIrregular) return;  // The converter is reset or closed.
  *const_cast<bool*>(static_cast<const bool*>(context)) = true;
  *error = 0;
  ucnv_cbToUWriteUChars_78(arguments, &kReplacement, 1, 0, error);
}

// Nothing when ICU does not have what it needs.
std::optional<LegacyText> convert(const char* name, std::span<const std::byte> bytes,
                                  LegacyEnd end) {
  UErrorCode error = 0;
  const std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open_78(name, &error));
  if (error > 0 || !converter) return std::nullopt;
  LegacyText text;
  ucnv_setToUCallBack_78(converter.get(), replace, &text.isMalformed, nullptr, nullptr, &error);
  if (error > 0) return std::nullopt;
  const char* source = reinterpret_cast<const char*>(bytes.data());
  const char* sourceEnd = source + bytes.size();
  const int8_t flush = end == LegacyEnd::kEndOfText ? 1 : 0;
  do {
    // Room for a unit a byte, which is what nearly all texts need at most.
    const size_t done = text.units.size();
    text.units.resize(done + static_cast<size_t>(sourceEnd - source) + 32);
    char16_t* target = text.units.data() + done;
    error = 0;
    ucnv_toUnicode_78(converter.get(), &target, text.units.data() + text.units.size(), &source,
                      sourceEnd, nullptr, flush, &error);
    text.units.resize(static_cast<size_t>(target - text.units.data()));
  } while (error == kIcuOverflow);
  if (error > 0) return std::nullopt;
  if (end == LegacyEnd::kMoreToCome) {
    const auto pending = ucnv_toUCountPending_78(converter.get(), &error);
    text.unfinishedBytes = std::min(bytes.size(), static_cast<size_t>(std::max(pending, 0)));
  }
  return text;
}

LegacyText decodeWithoutTable(std::span<const std::byte> bytes, Kind kind) {
  LegacyText text;
  text.units.reserve(bytes.size());
  for (const std::byte each : bytes) {
    const auto byte = std::to_integer<uint8_t>(each);
    char16_t unit = byte;
    if (kind == Kind::kUserDefined && byte >= 0x80) unit = 0xF780 + (byte - 0x80);
    if (kind == Kind::kLatin10 && byte >= 0xA0) unit = kLatin10[byte - 0xA0];
    text.units.push_back(unit);
  }
  return text;
}

void correctSingleBytes(LegacyText& text, std::span<const std::byte> bytes,
                        std::span<const Correction> corrections) {
  for (size_t i = 0; i < std::min(bytes.size(), text.units.size()); i++) {
    for (const Correction& correction : corrections) {
      if (std::to_integer<uint8_t>(bytes[i]) == correction.byte) text.units[i] = correction.unit;
    }
  }
  text.isMalformed = text.units.find(kReplacement) != std::u16string::npos;
}

// Pairs are converted one by one: after one that means nothing the standard takes its second byte
// again when it is ASCII, and what is private use to ICU it does not know at all.
class PairDecoder final {
 public:
  explicit PairDecoder(const Encoding& encoding)
      : isShiftJis_(encoding.kind == Kind::kShiftJis),
        isBig5_(encoding.name == "big5") {
    UErrorCode error = 0;
    converter_.reset(ucnv_open_78(encoding.converter, &error));
    if (error > 0) converter_.reset();
  }

  std::optional<LegacyText> decode(std::span<const std::byte> bytes, LegacyEnd end) {
    if (!converter_) return std::nullopt;
    text_.units.reserve(bytes.size());
    for (size_t i = 0; i < bytes.size(); i++) {
      const auto byte = std::to_integer<uint8_t>(bytes[i]);
      if (!isLead(byte)) {
        addSingle(byte);
      } else if (i + 1 < bytes.size()) {
        const auto trail = std::to_integer<uint8_t>(bytes[i + 1]);
        if (addPair(byte, trail) || trail >= 0x80) i++;
      } else if (end == LegacyEnd::kMoreToCome) {
        text_.unfinishedBytes = 1;
      } else {
        addMalformed();
      }
    }
    return std::move(text_);
  }

 private:
  bool isLead(uint8_t byte) const {
    if (!isShiftJis_) return byte >= 0x81 && byte <= 0xFE;
    return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC);
  }

  void addSingle(uint8_t byte) {
    if (byte < 0x80 || (isShiftJis_ && byte == 0x80)) {
      text_.units.push_back(byte);
    } else if (isShiftJis_ && byte >= 0xA1 && byte <= 0xDF) {
      text_.units.push_back(0xFF61 + (byte - 0xA1));
    } else {
      addMalformed();
    }
  }

  // Four pairs of Big5 are a letter and a mark, which have no character together.
  static std::u16string_view letterAndMark(uint8_t lead, uint8_t trail) {
    if (lead != 0x88) return {};
    switch (trail) {
      case 0x62:
        return u"\u00CA\u0304";
      case 0x64:
        return u"\u00CA\u030C";
      case 0xA3:
        return u"\u00EA\u0304";
      case 0xA5:
        return u"\u00EA\u030C";
      default:
        return {};
    }
  }

  // False when the pair means nothing; U+FFFD then stands for its first byte, or for both.
  bool addPair(uint8_t lead, uint8_t trail) {
    if (const auto both = letterAndMark(lead, trail); isBig5_ && !both.empty()) {
      text_.units += both;
      return true;
    }
    const char pair[] = {static_cast<char>(lead), static_cast<char>(trail)};
    const char* source = pair;
    char16_t units[8];
    char16_t* target = units;
    UErrorCode error = 0;
    ucnv_reset_78(converter_.get());
    ucnv_toUnicode_78(converter_.get(), &target, std::end(units), &source, std::end(pair), nullptr,
                      1, &error);
    const std::u16string_view made(units, static_cast<size_t>(target - units));
    const bool isOneCharacter =
        made.size() == 1 || (made.size() == 2 && made[0] >= 0xD800 && made[0] < 0xDC00);
    const bool isPrivate = isOneCharacter && made[0] >= 0xE000 && made[0] <= 0xF8FF;
    if (error > 0 || !isOneCharacter || made[0] == kReplacement || (isPrivate && !isShiftJis_)) {
      addMalformed();
      return false;
    }
    text_.units += made;
    return true;
  }

  void addMalformed() {
    text_.units.push_back(kReplacement);
    text_.isMalformed = true;
  }

  const bool isShiftJis_;
  const bool isBig5_;
  std::unique_ptr<UConverter, CloseConverter> converter_;
  LegacyText text_;
};

}  // namespace

std::optional<LegacyText> decodeLegacyText(std::string_view encoding,
                                           std::span<const std::byte> bytes, LegacyEnd end,
                                           uint32_t state) {
  if (encoding == "iso-2022-jp") return decodeIso2022Jp(bytes, end, state);
  const auto* found = std::ranges::find(kEncodings, encoding, &Encoding::name);
  if (found == std::end(kEncodings)) return std::nullopt;
  if (found->converter == nullptr) return decodeWithoutTable(bytes, found->kind);
  if (found->kind == Kind::kPairs || found->kind == Kind::kShiftJis) {
    return PairDecoder(*found).decode(bytes, end);
  }
  auto text = convert(found->converter, bytes, end);
  if (!text) return std::nullopt;
  if (!found->corrections.empty()) correctSingleBytes(*text, bytes, found->corrections);
  return text;
}

}  // namespace nano
