#include "supervisor/app_manifest.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

AppUpload sealed() {
  AppUpload upload;
  upload.version.tenant = "t";
  upload.version.app = "a";
  upload.version.mainModule = "index.js";
  upload.version.modules = {{"index.js", ModuleKind::kEsModule, 0, ""}};
  upload.contents = {"x"};
  upload.version.env = {{"A", AppBinding::Kind::kText, "1", true},
                        {"B", AppBinding::Kind::kJson, "[1]"},
                        {"C", AppBinding::Kind::kService, "other-app"}};
  sealUpload(upload);
  return upload;
}

TEST(AppManifestTest, KeepsBindingsOfEveryKind) {
  auto version = std::get<AppVersion>(parseManifest(manifestText(sealed().version)));
  ASSERT_EQ(version.env.size(), 3U);
  EXPECT_EQ(version.env[0].kind, AppBinding::Kind::kText);
  EXPECT_TRUE(version.env[0].secret);
  EXPECT_EQ(version.env[1].kind, AppBinding::Kind::kJson);
  EXPECT_EQ(version.env[2].kind, AppBinding::Kind::kService);
  EXPECT_EQ(version.env[2].value, "other-app");
}

TEST(AppManifestTest, KeepsEntrypointAndPropsInTheVersionsId) {
  auto with = [](const std::string& entrypoint, const std::string& props) {
    AppUpload upload = sealed();
    upload.version.env[2].entrypoint = entrypoint;
    upload.version.env[2].props = props;
    sealUpload(upload);
    return upload.version;
  };
  auto both = std::get<AppVersion>(parseManifest(manifestText(with("Admin", R"({"a":"b"})"))));
  EXPECT_EQ(both.env[2].entrypoint, "Admin");
  EXPECT_EQ(both.env[2].props, R"({"a":"b"})");
  EXPECT_EQ(both.id, with("Admin", R"({"a":"b"})").id);
  EXPECT_NE(with("Admin", "").id, with("", "").id);
  EXPECT_NE(with("", "{}").id, with("", "").id);
}

TEST(AppManifestTest, AnOlderManifestHasNeither) {
  const AppVersion version = sealed().version;
  const std::string text = manifestText(version);
  EXPECT_EQ(text.find("entrypoint"), std::string::npos) << "its id must stay what it was";
  EXPECT_EQ(text.find("props"), std::string::npos);
  auto read = std::get<AppVersion>(parseManifest(text));
  EXPECT_EQ(read.env[2].entrypoint + read.env[2].props, "");
  EXPECT_EQ(read.id, version.id);
}

TEST(AppManifestTest, RefusesPropsThatAreNoJson) {
  AppUpload upload = sealed();
  upload.version.env[2].props = "{";
  EXPECT_TRUE(std::holds_alternative<std::string>(parseManifest(manifestText(upload.version))));
}

TEST(AppManifestTest, RefusesABindingThatNoUploadCanHave) {
  const std::string good = manifestText(sealed().version);
  auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return parseManifest(text);
  };
  EXPECT_TRUE(std::holds_alternative<std::string>(with("\"service\"", "\"queue\"")));
  EXPECT_TRUE(std::holds_alternative<std::string>(with("\"other-app\"", "\"../other\"")));
  EXPECT_TRUE(std::holds_alternative<std::string>(with("\"other-app\"", "1")));
}

// Versions that were deployed before there was code generation keep their ids.
TEST(AppManifestTest, CodeGenerationIsPartOfTheIdOnlyWhereItIsAskedFor) {
  AppUpload upload = sealed();
  const std::string id = upload.version.id;
  EXPECT_EQ(manifestText(upload.version).find("codegen"), std::string::npos);
  EXPECT_FALSE(std::get<AppVersion>(parseManifest(manifestText(upload.version))).requestedCodegen);
  upload.version.requestedCodegen = true;
  sealUpload(upload);
  EXPECT_NE(upload.version.id, id);
  std::string text = manifestText(upload.version);
  EXPECT_TRUE(std::get<AppVersion>(parseManifest(text)).requestedCodegen);
  text.replace(text.find("\"codegen\":true"), 14, "\"codegen\":1");
  EXPECT_TRUE(std::holds_alternative<std::string>(parseManifest(text)));
}

}  // namespace
}  // namespace nano
