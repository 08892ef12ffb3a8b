#include "sandbox/cgroup_instance.h"

#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <sstream>

#include <kj/debug.h>

namespace nano {
namespace {

constexpr std::string_view kPrefix = "nanod-";
// Names that one process tries, where another process namespace has a nanod of the same number.
constexpr int kMostNames = 100;

bool isInstanceName(std::string_view name) {
  return name.starts_with(kPrefix) &&
         name.find_first_not_of("0123456789-", kPrefix.size()) == std::string_view::npos;
}

bool removeTree(const CgroupDirectory& parent, const std::string& name) {
  auto opened = parent.openGroup(name);
  if (auto* group = std::get_if<CgroupDirectory>(&opened)) {
    for (auto& child : group->groups())
      removeTree(*group, child);
  }
  int error = parent.removeGroup(name);
  return error == 0 || error == ENOENT;
}

void removeDead(const CgroupDirectory& parent) {
  for (auto& name : parent.groups()) {
    if (!isInstanceName(name)) continue;
    auto opened = parent.openGroup(name);
    auto* group = std::get_if<CgroupDirectory>(&opened);
    if (group != nullptr && group->lock()) removeTree(parent, name);
  }
}

}  // namespace

std::variant<std::unique_ptr<CgroupInstance>, std::string> CgroupInstance::make(
    CgroupDirectory parent) {
  removeDead(parent);
  for (int i = 0; i < kMostNames; ++i) {
    std::string name = std::string(kPrefix) + std::to_string(getpid()) + "-" + std::to_string(i);
    int error = parent.makeGroup(name);
    if (error == EEXIST) continue;
    if (error != 0) return parent.path() + ": a group cannot be made: " + strerror(error);
    auto opened = parent.openGroup(name);
    auto* directory = std::get_if<CgroupDirectory>(&opened);
    // Until it was locked another nanod could take it for a dead one's and remove it.
    if (directory == nullptr || !directory->lock() || !directory->isStillAt(parent, name)) continue;
    return std::unique_ptr<CgroupInstance>(
        new CgroupInstance(std::move(parent), std::move(*directory), std::move(name)));
  }
  return parent.path() + ": all names for a group are taken";
}

CgroupInstance::CgroupInstance(CgroupDirectory parent, CgroupDirectory directory, std::string name)
    : parent_(std::move(parent)),
      directory_(std::move(directory)),
      name_(std::move(name)) {}

CgroupInstance::~CgroupInstance() noexcept(false) {
  removeAll();
  removeDead(parent_);
}

CgroupDirectory CgroupInstance::addGroup(const std::string& name) {
  removeLeftovers();
  int error = directory_.makeGroup(name);
  if (error != 0) KJ_FAIL_SYSCALL("mkdir of a cgroup", error, directory_.path(), name);
  auto opened = directory_.openGroup(name);
  if (auto* failed = std::get_if<int>(&opened)) {
    KJ_FAIL_SYSCALL("open of a cgroup", *failed, directory_.path(), name);
  }
  return std::move(std::get<CgroupDirectory>(opened));
}

void CgroupInstance::removeGroup(const std::string& name) {
  removeLeftovers();
  int error = directory_.removeGroup(name);
  if (error != 0 && error != ENOENT) leftovers_.lockExclusive()->push_back(name);
}

void CgroupInstance::removeLeftovers() {
  auto leftovers = leftovers_.lockExclusive();
  std::erase_if(*leftovers, [this](const std::string& name) {
    int error = directory_.removeGroup(name);
    return error == 0 || error == ENOENT;
  });
}

bool CgroupInstance::removeAll() {
  auto leaf = directory_.openGroup(kSupervisor);
  if (auto* group = std::get_if<CgroupDirectory>(&leaf)) {
    std::istringstream processes(group->read("cgroup.procs").value_or(""));
    for (std::string pid; processes >> pid;)
      (void)parent_.write("cgroup.procs", pid);
  }
  return removeTree(parent_, name_);
}

}  // namespace nano
