#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "nanoctl/files.h"

namespace nano {

// For tests: an app's folder that goes with the test.
class AppFolder final {
 public:
  AppFolder() : directory_(std::move(TemporaryDirectory::make().value())) {}

  const std::string& path() const { return directory_.path(); }
  void write(const std::string& file, const std::string& text) const {
    auto path = std::filesystem::path(directory_.path()) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    ASSERT_TRUE(out.good()) << path;
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace nano
