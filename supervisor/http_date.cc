#include "supervisor/http_date.h"

#include <stdio.h>
#include <time.h>

namespace nano {

std::string_view HttpDate::line() {
  int64_t second = (clock_.now() - kj::UNIX_EPOCH) / kj::SECONDS;
  if (second != second_) {
    second_ = second;
    time_t time = second;
    tm parts{};
    gmtime_r(&time, &parts);
    // RFC 9110 5.6.7; strftime's names follow the locale, these must not.
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    snprintf(line_, sizeof(line_), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
             kDays[parts.tm_wday], parts.tm_mday % 100, kMonths[parts.tm_mon],
             (parts.tm_year + 1900) % 10000, parts.tm_hour % 100, parts.tm_min % 100,
             parts.tm_sec % 100);
  }
  return {line_, sizeof(line_) - 1};
}

}  // namespace nano
