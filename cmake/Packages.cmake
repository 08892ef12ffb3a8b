# Debian's libraries, as targets. The list of packages is deploy/packages.txt.

find_package(Threads REQUIRED)
find_package(CapnProto REQUIRED)
find_package(gflags REQUIRED)
find_package(glog REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET libevent_core>=2.1.12)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp>=2.5.4)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares>=1.18)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2>=1.52)

# libevent's and libseccomp's archives are not position independent, and engine programs are shared
# objects: both are linked dynamically.
add_library(nano_event INTERFACE)
target_link_libraries(nano_event INTERFACE PkgConfig::LIBEVENT Threads::Threads)
add_library(nano_seccomp INTERFACE)
target_link_libraries(nano_seccomp INTERFACE PkgConfig::SECCOMP)
add_library(nano_dns INTERFACE)
target_link_libraries(nano_dns INTERFACE PkgConfig::CARES)
add_library(nano_control_json INTERFACE)
target_link_libraries(nano_control_json INTERFACE nlohmann_json::nlohmann_json)
