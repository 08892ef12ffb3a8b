#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace nano {

// When a cron trigger is due: five fields as Cloudflare has them, in UTC. docs/cron.md shows the
// syntax.
//
// Weekdays are 1 (Sunday) to 7. Where both days are restricted, a day that fits either is due.
class CronExpression final {
 public:
  // A string says what is wrong, at which character, and what may stand there.
  static std::variant<CronExpression, std::string> parse(std::string_view text);

  // `unixMinute` counts from 1970.
  bool isDue(int64_t unixMinute) const;

 private:
  friend class CronParser;

  enum class Days : uint8_t {
    kEvery,
    kListed,
    kLast,            // `dayNumber_` days before the last one.
    kLastWorkday,     // The workday nearest to that.
    kNearestWorkday,  // To the day `dayNumber_`, in the same month.
  };
  enum class Weekdays : uint8_t { kEvery, kListed, kLast, kNth };

  struct Date;
  bool dayFits(const Date& date) const;
  bool weekdayFits(const Date& date) const;

  // A bit for each value.
  uint64_t minutes_ = 0;
  uint64_t hours_ = 0;
  uint64_t days_ = 0;
  uint64_t months_ = 0;
  uint64_t weekdays_ = 0;  // Bit 1 is Sunday.
  Days dayRule_ = Days::kListed;
  Weekdays weekdayRule_ = Weekdays::kListed;
  unsigned dayNumber_ = 0;
  unsigned weekday_ = 0;  // Of kLast and kNth.
  unsigned nth_ = 0;
};

}  // namespace nano
