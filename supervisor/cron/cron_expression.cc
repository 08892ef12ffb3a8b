#include "supervisor/cron/cron_expression.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <span>

#include "supervisor/app_names.h"

namespace nano {
namespace {

constexpr std::string_view kMonthNames[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                            "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view kDayNames[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct Field {
  std::string_view name;
  unsigned least;
  unsigned most;
  std::string_view allowed;
  std::span<const std::string_view> names;  // Of the values from `least` on.
};
constexpr Field kMinutes{"minutes", 0, 59, "0-59 and * , - /", {}};
constexpr Field kHours{"hours", 0, 23, "0-23 and * , - /", {}};
constexpr Field kDays{"days of the month", 1, 31, "1-31 and * , - / L W", {}};
constexpr Field kMonths{"months", 1, 12, "1-12 or JAN-DEC and * , - /", kMonthNames};
constexpr Field kWeekdays{"weekdays", 1, 7, "1 (Sunday) to 7 or SUN-SAT and * , - / L #",
                          kDayNames};

// How far before the last day L may reach, and which weekday of a month there can be.
constexpr unsigned kMaxBeforeLast = 30;
constexpr unsigned kMaxNth = 5;
// Longer than any that says something.
constexpr size_t kMaxExpressionBytes = 256;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

// Goes through one expression from left to right. The first thing that is wrong sticks.
class CronParser final {
 public:
  explicit CronParser(std::string_view text) : text_(text) {}

  std::variant<CronExpression, std::string> parse() {
    if (text_.size() > kMaxExpressionBytes) {
      return "the cron expression " + inQuotes(text_) + " is longer than " +
             std::to_string(kMaxExpressionBytes) + " characters";
    }
    begin(kMinutes);
    result_.minutes_ = list();
    begin(kHours);
    result_.hours_ = list();
    begin(kDays);
    readDays();
    begin(kMonths);
    result_.months_ = list();
    begin(kWeekdays);
    readWeekdays();
    skipSpaces();
    if (!atEnd()) fail("there is more after the five fields");
    if (problem_) return *problem_;
    return result_;
  }

 private:
  bool atEnd() const { return at_ == text_.size(); }
  bool atFieldEnd() const { return atEnd() || text_[at_] == ' ' || text_[at_] == '\t'; }
  bool take(char c) {
    if (atEnd() || upper(text_[at_]) != c) return false;
    ++at_;
    return true;
  }
  void skipSpaces() {
    while (!atEnd() && atFieldEnd())
      ++at_;
  }

  void fail(const std::string& what) {
    if (problem_) return;
    problem_ = "the cron expression " + inQuotes(text_) + " is wrong at character " +
               std::to_string(at_ + 1) + ", in its " + std::string(field_->name) + ": " + what +
               "; allowed are " + std::string(field_->allowed) +
               " (five fields: minute, hour, day of the month, month, weekday)";
  }

  void begin(const Field& field) {
    if (problem_) return;
    if (field_ != nullptr && !atFieldEnd()) fail("this cannot stand here");
    field_ = &field;
    skipSpaces();
    if (atEnd()) fail("the field is missing");
  }

  std::optional<unsigned> number() {
    size_t end = at_;
    unsigned value = 0;
    constexpr size_t kMaxDigits = 3;
    while (end < text_.size() && isDigit(text_[end]) && end - at_ < kMaxDigits)
      value = value * 10 + static_cast<unsigned>(text_[end++] - '0');
    if (end == at_) return std::nullopt;
    at_ = end;
    return value;
  }

  // A number from `least` to `most`. It stands still where there is none.
  unsigned numberWithin(unsigned least, unsigned most, const char* what) {
    const size_t start = at_;
    auto value = number();
    if (value && *value >= least && *value <= most) return *value;
    at_ = start;
    fail(std::string(what) + " from " + std::to_string(least) + " to " + std::to_string(most) +
         " is missing");
    return least;
  }

  unsigned value() {
    for (size_t i = 0; i < field_->names.size(); ++i) {
      std::string_view name = field_->names[i];
      bool fits = std::equal(
          name.begin(), name.end(), text_.begin() + static_cast<ptrdiff_t>(at_),
          text_.begin() + static_cast<ptrdiff_t>(std::min(at_ + name.size(), text_.size())),
          [](char a, char b) { return a == upper(b); });
      if (!fits) continue;
      at_ += name.size();
      return field_->least + static_cast<unsigned>(i);
    }
    return numberWithin(field_->least, field_->most, "a value");
  }

  // Past the end of the values it goes on at their beginning: FRI-MON.
  uint64_t range(unsigned first, unsigned last, unsigned step) const {
    uint64_t bits = 0;
    const unsigned count = field_->most - field_->least + 1;
    const unsigned length = (last + count - first) % count;
    for (unsigned i = 0; i <= length; i += step)
      bits |= uint64_t{1} << (field_->least + (first - field_->least + i) % count);
    return bits;
  }

  unsigned step() { return numberWithin(1, field_->most - field_->least, "a step"); }

  // What follows the value `first`: nothing, a range, a step.
  uint64_t itemFrom(unsigned first) {
    unsigned last = first;
    bool isRange = take('-');
    if (isRange) last = value();
    if (!take('/')) return range(first, last, 1);
    return range(first, isRange ? last : field_->most, step());
  }

  uint64_t moreItems(uint64_t bits) {
    while (!problem_ && take(','))
      bits |= take('*') ? everySome() : itemFrom(value());
    return bits;
  }

  // After a `*` that is not alone.
  uint64_t everySome() {
    if (!take('/')) fail("* is every value and stands alone, or with a step as in */5");
    return range(field_->least, field_->most, step());
  }

  uint64_t list() {
    if (problem_) return 0;
    if (!take('*')) return moreItems(itemFrom(value()));
    if (atFieldEnd()) return range(field_->least, field_->most, 1);
    return moreItems(everySome());
  }

  void readDays() {
    using Days = CronExpression::Days;
    if (problem_) return;
    if (take('L')) {
      if (take('-')) result_.dayNumber_ = numberWithin(1, kMaxBeforeLast, "a number of days");
      result_.dayRule_ = take('W') ? Days::kLastWorkday : Days::kLast;
      return;
    }
    if (!atEnd() && text_[at_] == '*') {
      result_.days_ = list();
      if (text_[at_ - 1] == '*') result_.dayRule_ = Days::kEvery;
      return;
    }
    const unsigned first = value();
    if (take('W')) {
      result_.dayRule_ = Days::kNearestWorkday;
      result_.dayNumber_ = first;
    } else {
      result_.days_ = moreItems(itemFrom(first));
    }
  }

  void readWeekdays() {
    using Weekdays = CronExpression::Weekdays;
    constexpr unsigned kSaturday = 7;
    if (problem_) return;
    if (take('L')) {
      result_.weekdays_ = uint64_t{1} << kSaturday;
      return;
    }
    if (text_[at_] == '*') {
      result_.weekdays_ = list();
      if (text_[at_ - 1] == '*') result_.weekdayRule_ = Weekdays::kEvery;
      return;
    }
    const unsigned first = value();
    result_.weekday_ = first;
    if (take('L')) {
      result_.weekdayRule_ = Weekdays::kLast;
    } else if (take('#')) {
      result_.weekdayRule_ = Weekdays::kNth;
      result_.nth_ = numberWithin(1, kMaxNth, "which of the month, a number");
    } else {
      result_.weekdays_ = moreItems(itemFrom(first));
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  const Field* field_ = nullptr;
  CronExpression result_;
  std::optional<std::string> problem_;
};

std::variant<CronExpression, std::string> CronExpression::parse(std::string_view text) {
  return CronParser(text).parse();
}

struct CronExpression::Date {
  unsigned day;
  unsigned weekday;  // 1 is Sunday.
  unsigned last;     // The month's last day.
};

bool CronExpression::isDue(int64_t unixMinute) const {
  using namespace std::chrono;
  const sys_time<std::chrono::minutes> time{std::chrono::minutes(unixMinute)};
  const sys_days day = floor<std::chrono::days>(time);
  const year_month_day date(day);
  const auto inDay = static_cast<unsigned>((time - day).count());
  auto has = [](uint64_t bits, unsigned value) { return (bits >> value & 1) != 0; };
  if (!has(minutes_, inDay % 60) || !has(hours_, inDay / 60) ||
      !has(months_, static_cast<unsigned>(date.month()))) {
    return false;
  }
  const Date parts{
      static_cast<unsigned>(date.day()), weekday(day).c_encoding() + 1,
      static_cast<unsigned>(year_month_day_last(date.year(), month_day_last(date.month())).day())};
  if (dayRule_ == Days::kEvery) return weekdayFits(parts);
  if (weekdayRule_ == Weekdays::kEvery) return dayFits(parts);
  return dayFits(parts) || weekdayFits(parts);
}

bool CronExpression::dayFits(const Date& date) const {
  auto weekdayOf = [&date](unsigned day) { return (date.weekday + 34 + day - date.day) % 7 + 1; };
  auto nearestWorkday = [&date, weekdayOf](unsigned day) {
    constexpr unsigned kSunday = 1;
    constexpr unsigned kSaturday = 7;
    if (weekdayOf(day) == kSaturday) return day == 1 ? day + 2 : day - 1;
    if (weekdayOf(day) == kSunday) return day == date.last ? day - 2 : day + 1;
    return day;
  };
  switch (dayRule_) {
    case Days::kEvery:
      return true;
    case Days::kListed:
      return (days_ >> date.day & 1) != 0;
    case Days::kLast:
      return date.day + dayNumber_ == date.last;
    case Days::kLastWorkday:
      return dayNumber_ < date.last && date.day == nearestWorkday(date.last - dayNumber_);
    case Days::kNearestWorkday:
      return dayNumber_ <= date.last && date.day == nearestWorkday(dayNumber_);
  }
  return false;
}

bool CronExpression::weekdayFits(const Date& date) const {
  constexpr unsigned kWeek = 7;
  switch (weekdayRule_) {
    case Weekdays::kEvery:
      return true;
    case Weekdays::kListed:
      return (weekdays_ >> date.weekday & 1) != 0;
    case Weekdays::kLast:
      return date.weekday == weekday_ && date.day + kWeek > date.last;
    case Weekdays::kNth:
      return date.weekday == weekday_ && (date.day - 1) / kWeek + 1 == nth_;
  }
  return false;
}

}  // namespace nano
