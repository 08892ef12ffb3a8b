#include "nanoctl/doctor_report.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

using nlohmann::json;

json goodReport() {
  return json::parse(R"({
    "serves": true, "kernel": "6.1.0", "architecture": "x86_64", "user": 65534, "pku": false,
    "layers": [{"layer": "userns", "state": "works", "detail": "", "remedy": ""},
               {"layer": "landlock", "state": "works", "detail": "ABI 2", "remedy": ""}],
    "canary": [{"profile": "default", "tried": 158, "survivors": [], "failure": ""}]})");
}

TEST(DoctorReportTest, HasALineForEachLayer) {
  EXPECT_EQ(describeReport(goodReport()),
            "kernel 6.1.0 (x86_64), tried as user 65534\n"
            "  userns             works\n"
            "  landlock           works     ABI 2\n"
            "  canary, default    works     stopped at 158 acts\n"
            "  protection keys    absent    this processor has none; nothing needs them\n"
            "nanod could serve on this machine.\n");
}

TEST(DoctorReportTest, SaysWhatIsMissingAndWhatToDo) {
  json report = goodReport();
  report["serves"] = false;
  report["layers"][0] = {{"layer", "userns"},
                         {"state", "missing"},
                         {"detail", "clone3: No space left on device"},
                         {"remedy", "set sysctl user.max_user_namespaces"}};
  std::string text = describeReport(report);
  EXPECT_FALSE(couldServe(report));
  EXPECT_NE(text.find("  userns             missing   clone3: No space left on device\n"
                      "      to do: set sysctl user.max_user_namespaces\n"),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("nanod would refuse to serve: missing userns.\n")) << text;
}

TEST(DoctorReportTest, NamesTheActThatIsNotStopped) {
  json report = goodReport();
  report["serves"] = false;
  report["canary"][0]["survivors"] = {"socket_unix success"};
  std::string text = describeReport(report);
  EXPECT_NE(text.find("not stopped: socket_unix success"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("the canary is not stopped.\n")) << text;
}

TEST(DoctorReportTest, AReportThatIsNotWholeIsRefused) {
  for (const char* text : {"", "{", "[]", "{\"serves\":true}", "{\"serves\":1,\"layers\":[]}"}) {
    EXPECT_FALSE(parseDoctorReport(text).ok()) << text;
  }
  EXPECT_TRUE(parseDoctorReport(goodReport().dump()).ok());
}

}  // namespace
}  // namespace nano
