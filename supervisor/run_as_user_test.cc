#include "supervisor/run_as_user.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(RunAsUserTest, FindsAnUnprivilegedUser) {
  auto found = findUser("nobody");
  ASSERT_TRUE(std::holds_alternative<User>(found));
  EXPECT_NE(std::get<User>(found).uid, 0U);
}

TEST(RunAsUserTest, RefusesRootByAnyName) {
  auto found = findUser("root");
  ASSERT_TRUE(std::holds_alternative<std::string>(found));
  EXPECT_NE(std::get<std::string>(found).find("does not run as root"), std::string::npos);
}

TEST(RunAsUserTest, NamesTheUserThatIsMissingAndTheCommandThatMakesIt) {
  auto found = findUser("no-such-user");
  ASSERT_TRUE(std::holds_alternative<std::string>(found));
  EXPECT_NE(std::get<std::string>(found).find("adduser --system --group no-such-user"),
            std::string::npos);
}

}  // namespace
}  // namespace nano
