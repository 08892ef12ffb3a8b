#include "nanoctl/limits_table.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

using nlohmann::json;

json answer() {
  return {{"tenant", "acme"},
          {"cordon", "acme/shop"},
          {"clock", "frozen"},
          {"code", "jit"},
          {"codegen", "off"},
          {"cpu_weight", 100},
          {"memory_mb", nullptr},
          {"requests_in_flight", 50},
          {"requests_per_second", nullptr},
          {"limits",
           {{{"key", "cpu_ms"},
             {"value", 100},
             {"unit", "ms"},
             {"source", "app"},
             {"maximum", 100},
             {"maximum_source", "operator: maxima"},
             {"capped_from", 5000},
             {"meaning", "CPU time of one request"}},
            {{"key", "requests_queued"},
             {"value", 7},
             {"unit", "requests"},
             {"source", "built-in"},
             {"capped_from", nullptr},
             {"meaning", "requests that wait"}}}}};
}

TEST(LimitsTableTest, ShowsWhereEachValueCameFrom) {
  EXPECT_EQ(
      limitsTable(answer()),
      "limit            value       from                                       is\n"
      "cpu_ms           100 ms      app, capped from 5000 by operator: maxima  CPU time of "
      "one request\n"
      "requests_queued  7 requests  built-in                                   requests that "
      "wait\n"
      "\n"
      "process acme/shop: clock frozen, code jit, CPU weight 100, memory by its apps' limits\n"
      "code generation (eval, WebAssembly from bytes): off\n"
      "tenant acme: requests in flight 50, requests/s unlimited\n");
}

TEST(LimitsTableTest, SurvivesAnAnswerOfAnotherBuild) {
  EXPECT_NE(limitsTable(json::object()), "");
  EXPECT_NE(limitsTable({{"limits", {json::object()}}}), "");
}

}  // namespace
}  // namespace nano
